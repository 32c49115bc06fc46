import { Dialog } from '@jupyterlab/apputils';
import { ReactWidget } from '@jupyterlab/ui-components';
import { Message } from '@lumino/messaging';
import { flushSync } from 'react-dom';

import { isDone } from './input';

const CANCEL = 0;
const REACHED = 'select, input, textarea, button, [tabindex="0"]';

/** The inside, there at once: the focus is given when it is there, and by then one would already be elsewhere. */
export abstract class FormBody extends ReactWidget {
  protected onUpdateRequest(message: Message): void {
    flushSync(() => super.onUpdateRequest(message));
    this.renderPromise = Promise.resolve();
  }
}

/** JupyterLab's dialog, as a form wants it that is filled in by keyboard. */
export class FormDialog<T> extends Dialog<T> {
  /** What may not be clicked is not entered either. */
  resolve(index?: number): void {
    if (index === CANCEL || !this.node.querySelector('.jp-mod-accept[aria-disabled="true"]')) {
      super.resolve(index);
    }
  }

  /** Enter begins a new line where there may be several, and Tab goes round all that can be reached. */
  protected _evtKeydown(event: KeyboardEvent): void {
    if (isDone(event)) {
      this.resolve();
    } else if (event.key === 'Enter' && event.target instanceof HTMLTextAreaElement) {
      return;
    } else if (event.key !== 'Tab' || !this.goRound(event.shiftKey)) {
      super._evtKeydown(event);
      return;
    }
    event.preventDefault();
    event.stopPropagation();
  }

  private goRound(isBack: boolean): boolean {
    const reached = [...this.node.querySelectorAll<HTMLElement>(REACHED)];
    const [from, to] = isBack ? [reached[0], reached[reached.length - 1]] : [reached[reached.length - 1], reached[0]];
    if (document.activeElement !== from) {
      return false;
    }
    to.focus();
    return true;
  }
}
