import { ReactWidget } from '@jupyterlab/ui-components';
import { Message } from '@lumino/messaging';
import React from 'react';

import { registryIcon } from '../icon';
import { IDesk } from '../registry/desk';
import { WithDesk } from '../views/deskcontext';
import { PageOf } from '../views/pageof';

/** A page in the main area. */
export class Page extends ReactWidget {
  constructor(
    private readonly desk: IDesk,
    readonly refs: readonly string[]
  ) {
    super();
    this.id = Page.idOf(refs);
    this.addClass('jp-Mlc');
    this.addClass('jp-Mlc-page');
    this.title.label = labelOf(refs, desk.trans);
    this.title.caption = this.title.label;
    this.title.icon = registryIcon;
    this.title.closable = true;
    this.node.tabIndex = -1;
  }

  static idOf(refs: readonly string[]): string {
    return `jupyter-mlc:page:${refs.join(',')}`;
  }

  /** A page that was closed is gone: it asks no more. */
  protected onCloseRequest(message: Message): void {
    super.onCloseRequest(message);
    this.dispose();
  }

  protected onActivateRequest(): void {
    this.node.focus();
  }

  protected render(): JSX.Element {
    return <WithDesk desk={this.desk}><PageOf refs={this.refs} /></WithDesk>;
  }
}

/** What stands on the tab of a page. */
function labelOf(refs: readonly string[], trans: IDesk['trans']): string {
  const words: Readonly<Record<string, string>> = { ':jobs': trans.__('Jobs'), ':verify': trans.__('Verify') };
  return refs.map(name => words[name] ?? name).join(' | ');
}
