import React from 'react';

import { Job, Progress } from '../wire';
import { duration } from '../format';
import { spoken } from '../vocabulary';
import { useDesk } from './deskcontext';

const SIGNS: Readonly<Record<string, string>> = {
  queued: '○',
  running: '▶',
  succeeded: '✓',
  cached: '✓',
  cancelled: '■'
};
const FAILED = '✕';

export function isOpen(job: Pick<Job, 'status'>): boolean {
  return job.status === 'queued' || job.status === 'running';
}

export function hasFailed(job: Pick<Job, 'status'>): boolean {
  return !(job.status in SIGNS);
}

/** How a job stands: sign, word and colour, so that none of them is needed alone. */
export function JobChip({ status }: { status: string }): JSX.Element {
  const { trans } = useDesk();
  return (
    <span className="jp-Mlc-chip" data-job={status in SIGNS ? status : 'failed'}>
      <span aria-hidden="true">{SIGNS[status] ?? FAILED} </span>
      {spoken(status, trans)}
    </span>
  );
}

export interface IHowFarProps {
  name: string;
  progress: Progress;
  elapsed: number | null;
}

/** How many cells of a running job are done, and since when it runs. */
export function HowFar({ name, progress, elapsed }: IHowFarProps): JSX.Element {
  const { trans } = useDesk();
  const done = trans.__('%1 of %2 cells', progress.done, progress.cells);
  return (
    <div className="jp-Mlc-howFar">
      <progress max={Math.max(1, progress.cells)} value={progress.done} aria-label={trans.__('Progress of %1', name)} />
      <span>
        {done}
        {elapsed !== null && ` · ${duration(elapsed)}`}
      </span>
    </div>
  );
}
