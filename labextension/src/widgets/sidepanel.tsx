import { ReactWidget } from '@jupyterlab/ui-components';
import React from 'react';

import { registryIcon } from '../icon';
import { IDesk } from '../registry/desk';
import { WithDesk } from '../views/deskcontext';
import { Sidebar } from '../views/sidebar';

export class SidePanel extends ReactWidget {
  constructor(private readonly desk: IDesk) {
    super();
    const { trans } = desk;
    this.id = 'jupyter-mlc:panel';
    this.addClass('jp-Mlc');
    this.addClass('jp-Mlc-side');
    this.title.icon = registryIcon;
    this.title.caption = trans.__('Model registry');
    this.node.setAttribute('role', 'region');
    this.node.setAttribute('aria-label', this.title.caption);
  }

  /** Let the person type a search, now or as soon as there is where. */
  focusSearch(): void {
    this.isSearchWanted = this.search === null;
    this.search?.focus();
  }

  protected render(): JSX.Element {
    return (
      <WithDesk desk={this.desk}>
        <Sidebar searchRef={this.drawn} />
      </WithDesk>
    );
  }

  private readonly drawn = (search: HTMLInputElement | null): void => {
    this.search = search;
    if (search && this.isSearchWanted) {
      this.focusSearch();
    }
  };

  private search: HTMLInputElement | null = null;
  private isSearchWanted = false;
}
