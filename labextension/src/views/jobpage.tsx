import React from 'react';

import { Job, JobEnded, JobShowReply } from '../wire';
import { cancelling, rerunning } from '../actions/jobs';
import { bytes, duration, moment } from '../format';
import { spoken } from '../vocabulary';
import { Answered } from './answered';
import { Deed, Deeds } from './deeds';
import { useDesk } from './deskcontext';
import { JobCells } from './jobcells';
import { JobLog } from './joblog';
import { given, Made, nameOf } from './jobs';
import { Reference } from './reference';
import { Fact, Facts, Section, Table } from './section';
import { hasFailed, HowFar, isOpen, JobChip } from './standing';
import { IAnswered, useAnswer } from './useanswer';

/** One execution of a notebook: while it runs, and afterwards. */
export function JobPage({ name }: { name: string }): JSX.Element {
  const answered = useAnswer('job show', { job: name }, reply => Boolean(reply.job && isOpen(reply.job)));
  const said = useAnswer('job logs', { job: name }, reply => !reply.has_ended);
  return <Answered answered={answered}>{reply => <Shown reply={reply} said={said} />}</Answered>;
}

interface IShownProps {
  reply: JobShowReply;
  said: IAnswered<'job logs'>;
}

function Shown({ reply, said }: IShownProps): JSX.Element | null {
  const { trans } = useDesk();
  const { job, ended, progress } = reply;
  if (!job) {
    return null;
  }
  return (
    <>
      <Head reply={reply} job={job} />
      {ended && hasFailed(job) && (
        <Section title={trans.__('Why it ended')}>
          <Cause ended={ended} />
        </Section>
      )}
      <Section title={trans.__('Parameters')}>
        <Parameters reply={reply} job={job} />
      </Section>
      <Section title={trans.__('Cells')}>
        <Answered answered={said}>{reply => <JobCells reply={reply} progress={progress} />}</Answered>
      </Section>
      <Section title={trans.__('Log')}>
        <Answered answered={said}>{reply => <JobLog reply={reply} />}</Answered>
      </Section>
    </>
  );
}

function Head({ reply, job }: { reply: JobShowReply; job: Job }): JSX.Element {
  const { openNotebook, trans } = useDesk();
  const name = nameOf(job);
  const deeds: readonly Deed[] = isOpen(job)
    ? [[trans.__('Cancel…'), () => cancelling(name, trans)]]
    : [[trans.__('Do it once more…'), () => rerunning(name, trans)]];
  return (
    <div>
      <h1>
        {name} <JobChip status={job.status} />
      </h1>
      <Deeds deeds={deeds}>
        {openNotebook && (
          <button
            className="jp-mod-styled"
            onClick={() => openNotebook({ name: `job-${job.number}`, job: job.number })}
          >
            {isOpen(job) ? trans.__('Open the notebook as it is now') : trans.__('Open the executed notebook')}
          </button>
        )}
      </Deeds>
      {reply.progress && <HowFar name={name} progress={reply.progress} elapsed={reply.elapsed} />}
      {reply.progress?.last_line && <p className="jp-Mlc-lastLine">{reply.progress.last_line}</p>}
      <Facts facts={useFacts(reply, job)} />
    </div>
  );
}

function useFacts(reply: JobShowReply, job: Job): readonly Fact[] {
  const { trans } = useDesk();
  const { ended, limits } = reply;
  const within = limits && [
    limits.timeout ? trans.__('%1 s', limits.timeout) : '',
    limits.memory ? bytes(limits.memory) : '',
    limits.retries ? trans.__('%1 retries', limits.retries) : ''
  ];
  return [
    [trans.__('Of'), job.parent ? <Reference name={job.parent} /> : job.name],
    [trans.__('Made'), job.versions.length ? <Made versions={job.versions} /> : ''],
    [trans.__('Purpose'), reply.purpose],
    [trans.__('Took'), job.duration === null ? '' : duration(job.duration)],
    [trans.__('Cells done'), ended ? trans.__('%1 of %2', ended.done, ended.cells) : ''],
    [trans.__('Engine'), spoken(ended?.engine ?? reply.progress?.engine ?? '', trans)],
    [trans.__('Memory at most'), ended?.peak_memory ? bytes(ended.peak_memory) : ''],
    [trans.__('Tried again'), ended?.retries ? String(ended.retries) : ''],
    [trans.__('Limits'), within?.filter(Boolean).join(', ') ?? ''],
    [trans.__('Does once more'), reply.again ? <Reference name={reply.again} /> : ''],
    [trans.__('Batch'), reply.sweep.length ? <Made versions={reply.sweep} /> : ''],
    [trans.__('From'), reply.source],
    [trans.__('Works in'), reply.folder],
    [trans.__('Asked'), `${moment(job.started)}, ${job.author}`],
    [trans.__('Notes'), reply.notes.join('; ')]
  ];
}

/** What went wrong, and where. */
function Cause({ ended }: { ended: JobEnded }): JSX.Element {
  const { trans } = useDesk();
  const how = ended.signal || (ended.exit_code === null ? '' : trans.__('exit code %1', ended.exit_code));
  const where = ended.cell === null ? '' : trans.__('in cell %1', ended.cell + 1);
  const said = [ended.exception, ended.message].filter(Boolean).join(': ');
  return (
    <div className="jp-Mlc-refused">
      <p className="jp-Mlc-reason">
        <span aria-hidden="true">✕ </span>
        {[spoken(ended.exit, trans), where, how].filter(Boolean).join(', ')}
      </p>
      {said && <p className="jp-Mlc-reason">{said}</p>}
      {ended.traceback && (
        <details>
          <summary>{trans.__('Traceback')}</summary>
          <pre tabIndex={0} aria-label={trans.__('Traceback')}>
            {ended.traceback}
          </pre>
        </details>
      )}
    </div>
  );
}

function Parameters({ reply, job }: { reply: JobShowReply; job: Job }): JSX.Element {
  const { trans } = useDesk();
  const { secrets, data } = reply;
  const hidden = Object.entries(secrets ?? {}).map(([name, variable]) => [name, trans.__('from %1', variable), '']);
  const rows = Object.keys(job.params).map(name => [name, given({ [name]: job.params[name] }).slice(name.length + 1), data?.[name] ?? '']);
  if (!rows.length && !hidden.length) {
    return <p>{trans.__('Those of the notebook itself.')}</p>;
  }
  const heads = [trans.__('Parameter'), trans.__('Value'), trans.__('Dataset')];
  return <Table label={trans.__('Parameters')} heads={heads} rows={[...rows, ...hidden]} />;
}
