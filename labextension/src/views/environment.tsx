import React from 'react';

import { Run, VersionDetails } from '../wire';
import { duration, moment, short } from '../format';
import { IWords } from '../registry/asking';
import { spoken } from '../vocabulary';
import { Blob } from './blob';
import { StandingChip } from './chips';
import { useDesk } from './deskcontext';
import { executed } from './executed';
import { NotebookOf } from './notebookof';
import { Facts } from './section';

/** Run, notebook, data, code and packages of a version. */
export function Environment({ name, details }: { name: string; details: VersionDetails }): JSX.Element {
  const { trans } = useDesk();
  const { snapshot } = details;
  const remarks = [...snapshot.findings, ...snapshot.warnings, ...snapshot.secrets];
  const commit = snapshot.git_commit && `${snapshot.git_branch} ${snapshot.git_commit.slice(0, 10)}`;
  const off = snapshot.off.join(', ');
  return (
    <>
      <Facts
        facts={[
          [trans.__('Known as'), <StandingChip standing={details.captured} />],
          [trans.__('Run'), ran(details.run, trans)],
          [trans.__('Data'), <Data details={details} />],
          [trans.__('Notebook'), snapshot.notebook_path],
          [trans.__('Code'), commit && `${commit} ${snapshot.git_dirty ? trans.__('(with changes)') : ''}`],
          [trans.__('Python'), snapshot.python && `${snapshot.python}, ${snapshot.platform}`],
          [trans.__('Where'), snapshot.user && `${snapshot.user}@${snapshot.host}`],
          [trans.__('Not captured'), off],
          [trans.__('Signed with'), short(details.key)]
        ]}
      />
      {remarks.map(remark => (
        <p key={remark} className="jp-Mlc-warning">
          ⚠ {remark}
        </p>
      ))}
      <NotebookOf name={name} snapshot={snapshot} />
      {snapshot.notebook && (
        <Blob title={trans.__('Cells as executed (%1)', snapshot.cells)} digest={snapshot.notebook} read={executed} />
      )}
      {snapshot.git_diff && <Blob title={trans.__('Changes that were not committed')} digest={snapshot.git_diff} />}
      {snapshot.lock && <Blob title={trans.__('Packages (%1)', snapshot.packages)} digest={snapshot.lock} />}
    </>
  );
}

function ran(run: Run, trans: IWords): string {
  const took = run.duration === null ? '' : `, ${duration(run.duration)}`;
  return `run/${run.number}, ${spoken(run.status, trans)}${took}, ${moment(run.started)}`;
}

function Data({ details }: { details: VersionDetails }): JSX.Element {
  const { trans } = useDesk();
  if (!details.datasets.length) {
    return <>{trans.__('not known')}</>;
  }
  return (
    <ul className="jp-Mlc-inline">
      {details.datasets.map(dataset => (
        <li key={dataset.id}>
          {trans.__('%1, %2 rows', dataset.name, dataset.rows.toLocaleString())}{' '}
          <StandingChip standing={details.data_standing[dataset.name]} />
        </li>
      ))}
    </ul>
  );
}
