import { Dialog } from '@jupyterlab/apputils';
import { Message } from '@lumino/messaging';
import React from 'react';

import { Answer, Ask, Verb } from '../registry/asking';
import { IDesk } from '../registry/desk';
import { FormBody } from './dialog';
import { Form } from './form';
import { IWanted } from './wanted';

/** The inside of a dialog: a form, and below what would happen. */
export class ActBody<V extends Verb> extends FormBody implements Dialog.IBodyWidget<Ask<V> | null> {
  constructor(
    private readonly desk: IDesk,
    private readonly wanted: IWanted<V>
  ) {
    super();
    this.addClass('jp-Mlc-act');
  }

  /** The request as the form says; it holds on to what was seen where it was tried. */
  getValue(): Ask<V> | null {
    return this.ask;
  }

  protected onAfterAttach(message: Message): void {
    super.onAfterAttach(message);
    this.allow(false);
  }

  protected render(): JSX.Element {
    return <Form desk={this.desk} wanted={this.wanted} onTried={this.tried} onEdited={this.edited} />;
  }

  private readonly edited = (ask: Ask<V>): void => {
    this.ask = ask;
    this.allow(false);
  };

  private readonly tried = (ask: Ask<V>, reply: Answer<V> | null): void => {
    const seen = this.wanted.seen;
    this.ask = reply && seen ? seen(ask, reply) : ask;
    this.allow(reply !== null);
  };

  /** What is refused, or not yet tried, is not to be accepted; the button keeps the focus all the same. */
  private allow(allowed: boolean): void {
    const accept = this.node.closest('.jp-Dialog')?.querySelector<HTMLButtonElement>('.jp-mod-accept');
    accept?.setAttribute('aria-disabled', String(!allowed));
    accept?.classList.toggle('jp-mod-disabled', !allowed);
  }

  private ask: Ask<V> | null = null;
}
