import React from 'react';

import { JobCell, JobLogsReply, Progress } from '../wire';
import { duration } from '../format';
import { useDesk } from './deskcontext';
import { Table } from './section';

const MICROS = 1_000_000;

export interface IJobCellsProps {
  reply: JobLogsReply;
  progress: Progress | null;
}

/** The cells of a job, each with how it stands. */
export function JobCells({ reply, progress }: IJobCellsProps): JSX.Element {
  const { trans } = useDesk();
  const open = !reply.has_ended;
  if (!reply.cells.length) {
    return <p>{open ? trans.__('It has not begun yet.') : trans.__('Nothing was kept of it.')}</p>;
  }
  const words: Readonly<Record<State, string>> = {
    completed: `✓ ${trans.__('done')}`,
    failed: `✕ ${trans.__('failed')}`,
    running: `▶ ${trans.__('running')}`,
    pending: `○ ${trans.__('waiting')}`,
    left: `– ${trans.__('not executed')}`
  };
  const heads = [trans.__('Cell'), trans.__('Begins with'), trans.__('How it stands'), trans.__('Took')];
  const rows = reply.cells.map(cell => [
    `[${cell.place}]`,
    <code>{cell.title}</code>,
    words[stateOf(cell, progress, open)],
    cell.seconds === null ? '' : duration(cell.seconds * MICROS)
  ]);
  return <Table label={trans.__('Cells')} heads={heads} rows={rows} />;
}

type State = 'completed' | 'failed' | 'running' | 'pending' | 'left';

/** As it was saved last, which a running job does now and then; where it is now, it says at once. */
export function stateOf(cell: JobCell, progress: Progress | null, open: boolean): State {
  const now = open ? progress?.cell ?? null : null;
  const at = cell.place - 1;
  if (now === at) {
    return 'running';
  }
  switch (cell.status) {
    case 'completed':
    case 'failed':
      return cell.status;
    case '':
      return 'left';
    default:
      return now !== null && at < now ? 'completed' : open ? 'pending' : 'left';
  }
}
