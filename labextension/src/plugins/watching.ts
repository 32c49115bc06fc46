import { JupyterFrontEndPlugin } from '@jupyterlab/application';
import { Notification } from '@jupyterlab/apputils';

import { spoken } from '../vocabulary';
import { Job } from '../wire';
import { IDesk } from '../registry/desk';
import { nameOf } from '../views/jobs';
import { hasFailed, isOpen } from '../views/standing';

/** So many as may be in a batch: its first jobs end while the last ones are the newest. */
const NEWEST = 500;
const SHOWN = 10_000;

/** Says when a job is over, whoever started it. */
export const watchingPlugin: JupyterFrontEndPlugin<void> = {
  id: 'jupyter-mlc:watching',
  description: 'Says when a job has finished or failed.',
  autoStart: true,
  requires: [IDesk],
  activate: (_, desk: IDesk) => {
    const watch = new Watch(desk);
    desk.changed.connect(() => watch.look());
    watch.look();
  }
};

class Watch {
  constructor(private readonly desk: IDesk) {}

  /** What ended since the last look; what had ended before the first one is no news. */
  look(): void {
    const registry = this.desk.registry();
    this.desk.call('job list', { limit: NEWEST }).then(
      ({ jobs }) => {
        const isFirst = registry !== this.registry;
        const over = jobs.filter(job => !isOpen(job));
        if (!isFirst) {
          over.filter(job => !this.over.has(job.id)).forEach(job => this.tell(job));
        }
        this.registry = registry;
        this.over = new Set(over.map(job => job.id));
      },
      () => undefined // the panel says what is wrong
    );
  }

  private tell(job: Job): void {
    const { desk } = this;
    const { trans } = desk;
    const name = nameOf(job);
    const how = spoken(job.status, trans);
    const show = { label: trans.__('Show'), callback: () => desk.open(name) };
    if (hasFailed(job)) {
      const said = trans.__('%1 of %2 did not succeed: %3', name, job.name, how);
      Notification.error(said, { autoClose: false, actions: [show] });
    } else {
      const said = [trans.__('%1 of %2: %3', name, job.name, how), ...job.versions].join(' · ');
      Notification.success(said, { autoClose: SHOWN, actions: [show] });
    }
  }

  private registry: string | null = null;
  private over: ReadonlySet<number> = new Set();
}
