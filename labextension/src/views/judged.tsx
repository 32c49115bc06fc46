import React from 'react';

import { Comparison, CompareReply } from '../wire';
import { value } from '../format';
import { StandingChip } from './chips';
import { useDesk } from './deskcontext';
import { Table } from './section';

const PERMILLE = 1000;

/** Metrics on the same rows, with intervals of the difference; without shared rows, as they were reported. */
export function Judged({ reply }: { reply: CompareReply }): JSX.Element {
  const { trans } = useDesk();
  const { basis, metrics } = reply;
  if (!metrics.length) {
    return <AsReported reply={reply} />;
  }
  const heads = [
    trans.__('Metric'),
    trans.__('Version'),
    trans.__('Value'),
    reply.versions[0],
    trans.__('Difference'),
    trans.__('Better'),
    trans.__('How sure')
  ];
  return (
    <>
      {basis && <p>{trans.__('On %1 rows of %2.', basis.rows.toLocaleString(), basis.dataset)}</p>}
      <Table
        label={trans.__('Metrics compared')}
        heads={heads}
        rows={metrics.map(row)}
        marked={new Set(metrics.flatMap((metric, at) => (metric.better ? [at] : [])))}
      />
    </>
  );
}

function row(one: Comparison): readonly React.ReactNode[] {
  const interval = one.low === null ? '' : ` [${value(one.low)}, ${value(one.high)}]`;
  const difference = one.difference === null ? one.reason : `${signed(one.difference)}${interval}`;
  const sure = one.better === null || one.adjusted_p === null ? '' : percent(1 - one.adjusted_p);
  const better = one.better ? <strong>▲ {one.better}</strong> : '';
  return [one.metric, one.candidate, value(one.value), value(one.baseline_value), difference, better, sure];
}

/** Cut, not rounded: nobody is 100 % sure. */
function percent(share: number): string {
  return `${(Math.floor(PERMILLE * share) / 10).toFixed(1)} %`;
}

function signed(given: number): string {
  return `${given > 0 ? '+' : ''}${value(given)}`;
}

function AsReported({ reply }: { reply: CompareReply }): JSX.Element {
  const { trans } = useDesk();
  if (!reply.reported.length) {
    return <p>{trans.__('No metrics were reported, and no rows are shared.')}</p>;
  }
  const rows = reply.reported.map(one => [
    one.metric,
    ...one.values.map(each =>
      each ? (
        <>
          {value(each.value)} <StandingChip standing={each.standing} />
        </>
      ) : (
        '—'
      )
    )
  ]);
  const marked = reply.reported.flatMap((one, at) => (differ(one.values) ? [at] : []));
  return (
    <>
      <p>{trans.__('As they were reported; no rows are shared.')}</p>
      <Table
        label={trans.__('Metrics as reported')}
        heads={[trans.__('Metric'), ...reply.versions]}
        rows={rows}
        marked={new Set(marked)}
      />
    </>
  );
}

function differ(values: CompareReply['reported'][number]['values']): boolean {
  return new Set(values.map(each => each?.value ?? null)).size > 1;
}
