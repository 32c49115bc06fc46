import { RetrainReply, Trained } from '../wire';
import { IWords } from '../registry/asking';
import { spoken } from '../vocabulary';
import { IWanted } from './wanted';

export function cancelling(job: string, trans: IWords): IWanted<'job cancel'> {
  return {
    verb: 'job cancel',
    title: trans.__('Cancel %1', job),
    accept: trans.__('Let it end'),
    cannotBeTakenBack: true,
    fields: [],
    ask: () => ({ job }),
    told: reply => [
      reply.done
        ? trans.__('%1: %2', reply.job, spoken(reply.status, trans))
        : trans.__('%1 ends; its notebook keeps what was done until then', reply.job)
    ]
  };
}

export function rerunning(job: string, trans: IWords): IWanted<'job rerun'> {
  return {
    verb: 'job rerun',
    title: trans.__('Do %1 once more', job),
    accept: trans.__('Do it'),
    isNotUndone: true,
    fields: [],
    ask: () => ({ job, background: true }),
    told: reply => told(reply, trans),
    opens: opened
  };
}

/** What a batch is, or what it has come to. */
export function told(reply: RetrainReply, trans: IWords): readonly string[] {
  const cells = trans._n('%1 cell', '%1 cells', reply.cells);
  const left = reply.skipped ? [trans.__('Left out, since they register other versions: %1 cells', reply.skipped)] : [];
  const what = trans._n('%1 job', '%1 jobs', reply.jobs.length);
  return [trans.__('%1 of %2, %3 each', what, reply.of, cells), ...left, ...reply.jobs.map(job => line(job, trans))];
}

function line(job: Trained, trans: IWords): string {
  const given = Object.entries(job.params).map(([name, value]) => `${name}=${JSON.stringify(value)}`);
  const isCached = job.exit === 'cached';
  const how = isCached ? trans.__('from the record: %1', [job.job, ...job.versions].join(', ')) : spoken(job.exit, trans);
  return [isCached ? '' : job.job, given.join(', ') || trans.__('as it is'), how].filter(Boolean).join(' · ');
}

/** Where what was started is seen: its own page, or the list of jobs where there are several. */
export function opened(reply: RetrainReply): string {
  const queued = reply.jobs.filter(job => job.exit === 'queued');
  return queued.length > 1 ? ':jobs' : (queued[0] ?? reply.jobs[0])?.job ?? '';
}
