import { Notification } from '@jupyterlab/apputils';

import { IWords } from '../registry/asking';
import { IWaiting } from './carrying';

/** A note about an act that takes a while: how far it is, and a way to end it. Where it is quick there is none. */
export class Waiting implements IWaiting {
  constructor(
    private readonly title: string,
    private readonly trans: IWords
  ) {}

  get signal(): AbortSignal {
    return this.controller.signal;
  }

  readonly progress = (done: number, total: number, text: string): void => {
    const message = [this.title, text].filter(Boolean).join(' · ');
    const { trans } = this;
    const progress = total > 0 ? Math.min(1, done / total) : undefined;
    if (this.id) {
      Notification.update({ id: this.id, message, progress });
      return;
    }
    this.id = Notification.emit(message, 'in-progress', {
      autoClose: false,
      progress,
      actions: [{ label: trans.__('Cancel'), callback: () => this.controller.abort() }]
    });
  };

  end(): void {
    if (this.id) {
      Notification.dismiss(this.id);
      this.id = '';
    }
  }

  private id = '';
  private readonly controller = new AbortController();
}
