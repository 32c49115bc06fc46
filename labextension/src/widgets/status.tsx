import { ReactWidget } from '@jupyterlab/ui-components';
import React from 'react';

import { registryIcon } from '../icon';
import { IDesk } from '../registry/desk';
import { WithDesk, useDesk } from '../views/deskcontext';
import { useOpenJobs } from '../views/jobs';
import { useAnswer } from '../views/useanswer';

const MOST = 100_000;

/** The registry in the status bar; a click shows the panel. */
export class StatusItem extends ReactWidget {
  constructor(
    private readonly desk: IDesk,
    private readonly onClick: () => void
  ) {
    super();
    this.addClass('jp-Mlc-status');
  }

  protected render(): JSX.Element {
    return (
      <WithDesk desk={this.desk}>
        <Count onClick={this.onClick} />
      </WithDesk>
    );
  }
}

function Count({ onClick }: { onClick: () => void }): JSX.Element {
  const { registry, trans } = useDesk();
  const { reply, error } = useAnswer('list', { limit: MOST });
  const running = useOpenJobs().length;
  const said = reply ? trans._n('%1 model', '%1 models', reply.models.length) : trans.__('models');
  return (
    <button className="jp-Mlc-statusButton" title={`${trans.__('Show the model registry')}: ${registry()}`} onClick={onClick}>
      <registryIcon.react tag="span" aria-hidden="true" /> {error ? trans.__('no registry') : said}
      {running > 0 && ` · ${trans._n('%1 job runs', '%1 jobs run', running)}`}
    </button>
  );
}
