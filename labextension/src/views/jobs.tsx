import React from 'react';

import { Job } from '../wire';
import { moment } from '../format';
import { Answered } from './answered';
import { useDesk } from './deskcontext';
import { Reference } from './reference';
import { Table } from './section';
import { HowFar, isOpen, JobChip } from './standing';
import { useAnswer } from './useanswer';

const MOST = 200;
const MOST_SHOWN = 4;

/** The jobs that wait or run, however many are newer. */
export function useOpenJobs(): readonly Job[] {
  return useAnswer('job list', { open: true, limit: MOST }, reply => reply.jobs.length > 0).reply?.jobs ?? [];
}

/** The jobs that run now, each with how far it is; nothing where none does. */
export function RunningJobs(): JSX.Element | null {
  const { open, trans } = useDesk();
  const running = [...useOpenJobs()].reverse(); // those that began first are those that run
  if (!running.length) {
    return null;
  }
  return (
    <section className="jp-Mlc-running" aria-label={trans.__('Running jobs')}>
      <h3>{trans._n('%1 running job', '%1 running jobs', running.length)}</h3>
      <ul>
        {running.slice(0, MOST_SHOWN).map(job => (
          <li key={job.id}>
            <RunningJob job={job} />
          </li>
        ))}
      </ul>
      {running.length > MOST_SHOWN && (
        <button className="jp-Mlc-link" onClick={() => open(':jobs')}>
          {trans.__('and %1 more', running.length - MOST_SHOWN)}
        </button>
      )}
    </section>
  );
}

function RunningJob({ job }: { job: Job }): JSX.Element {
  const name = nameOf(job);
  const { reply } = useAnswer('job show', { job: name }, reply => Boolean(reply.job && isOpen(reply.job)));
  const progress = reply?.progress;
  return (
    <>
      <div className="jp-Mlc-line">
        <span>
          <Reference name={name} /> {job.name}
        </span>
        <JobChip status={reply?.job?.status ?? job.status} />
      </div>
      {progress && <HowFar name={name} progress={progress} elapsed={reply.elapsed} />}
      {progress && <div className="jp-Mlc-lastLine">{progress.last_line || progress.source}</div>}
    </>
  );
}

/** The newest jobs, running or not, and the notebooks that can be executed by name. */
export function JobsPage(): JSX.Element {
  const { trans } = useDesk();
  const answered = useAnswer('job list', { limit: MOST }, reply => reply.jobs.some(isOpen));
  return (
    <>
      <h1>{trans.__('Jobs')}</h1>
      <Answered answered={answered}>
        {reply =>
          reply.jobs.length ? (
            <JobTable jobs={reply.jobs} label={trans.__('Jobs')} />
          ) : (
            <p>{trans.__('No job yet: train a version again, or a notebook.')}</p>
          )
        }
      </Answered>
    </>
  );
}

/** The jobs that made a version, or executed its notebook again. */
export function JobsOf({ name }: { name: string }): JSX.Element {
  const { trans } = useDesk();
  const answered = useAnswer('job list', { limit: MOST }, reply => reply.jobs.some(isOpen));
  const isAbout = (job: Job): boolean => job.parent === name || job.versions.includes(name);
  return (
    <Answered answered={answered}>
      {reply => {
        const jobs = reply.jobs.filter(isAbout);
        return jobs.length ? (
          <JobTable jobs={jobs} label={trans.__('Jobs of %1', name)} />
        ) : (
          <p>{trans.__('None.')}</p>
        );
      }}
    </Answered>
  );
}

export function JobTable({ jobs, label }: { jobs: readonly Job[]; label: string }): JSX.Element {
  const { trans } = useDesk();
  const heads = [
    trans.__('Job'),
    trans.__('Of'),
    trans.__('How it stands'),
    trans.__('Versions'),
    trans.__('Parameters'),
    trans.__('Asked'),
    trans.__('By')
  ];
  const rows = jobs.map(job => [
    <Reference name={nameOf(job)} />,
    job.name,
    <JobChip status={job.status} />,
    <Made versions={job.versions} />,
    given(job.params),
    moment(job.started),
    job.author
  ]);
  return <Table label={label} heads={heads} rows={rows} />;
}

/** The versions that came of a job. */
export function Made({ versions }: { versions: readonly string[] }): JSX.Element {
  return (
    <>
      {versions.map(name => (
        <React.Fragment key={name}>
          <Reference name={name} />{' '}
        </React.Fragment>
      ))}
    </>
  );
}

/** What a job was given, as one types it. */
export function given(params: Readonly<Record<string, unknown>>): string {
  return Object.entries(params)
    .map(([name, value]) => `${name}=${typeof value === 'string' ? value : JSON.stringify(value)}`)
    .join(', ');
}

export function nameOf(job: Pick<Job, 'number'>): string {
  return `job/${job.number}`;
}
