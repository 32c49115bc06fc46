import React, { useState } from 'react';

import { Estimate, Evaluation } from '../wire';
import { moment, value } from '../format';
import { spoken } from '../vocabulary';
import { Answered } from './answered';
import { StandingChip } from './chips';
import { useDesk } from './deskcontext';
import { LineTo } from './lineto';
import { Table } from './section';
import { useAnswer } from './useanswer';

export interface IEvaluationsProps {
  evaluations: readonly Evaluation[];
  name: string;
}

/** How well a version did, dataset by dataset. */
export function Evaluations({ evaluations, name }: IEvaluationsProps): JSX.Element {
  const { trans } = useDesk();
  return (
    <>
      {!evaluations.length && <p>{trans.__('Not evaluated yet.')}</p>}
      {evaluations.map(evaluation => (
        <OneEvaluation key={evaluation.id} evaluation={evaluation} />
      ))}
      <LineTo
        source={`%mlc evaluate ${name} --data DATASET --target COLUMN`}
        insert={trans.__('Insert a cell that evaluates it')}
        copy={trans.__('Copy the line that evaluates it')}
      />
    </>
  );
}

function OneEvaluation({ evaluation }: { evaluation: Evaluation }): JSX.Element {
  const { trans } = useDesk();
  const [open, setOpen] = useState(false);
  const heads = [trans.__('Metric'), trans.__('Value'), trans.__('Interval')];
  const task = spoken(evaluation.task, trans);
  return (
    <article className="jp-Mlc-evaluation">
      <h3>
        {trans.__('on %1', evaluation.dataset)} <StandingChip standing={evaluation.standing} />
      </h3>
      <p>
        {trans.__('%1 rows, %2, target %3', evaluation.rows.toLocaleString(), task, evaluation.target)} ·{' '}
        {moment(evaluation.created)} · {evaluation.author}
      </p>
      <Table
        label={trans.__('Metrics on %1', evaluation.dataset)}
        heads={heads}
        rows={evaluation.estimates.map(estimateRow)}
      />
      <details onToggle={event => setOpen((event.target as HTMLDetailsElement).open)}>
        <summary>{trans.__('Slices and evidence of evaluation/%1', evaluation.number)}</summary>
        {open && <Slices number={evaluation.number} />}
      </details>
    </article>
  );
}

function estimateRow(estimate: Estimate): readonly React.ReactNode[] {
  const interval = estimate.low === null ? '' : `${value(estimate.low)} – ${value(estimate.high)}`;
  return [estimate.metric, value(estimate.value) || estimate.reason, interval];
}

function Slices({ number }: { number: number }): JSX.Element {
  const { trans } = useDesk();
  return (
    <Answered answered={useAnswer('show', { ref: `evaluation/${number}` })}>
      {({ evidence }) => {
        if (!evidence?.parts.length) {
          return <p>{trans.__('It was evaluated on all rows, without slices.')}</p>;
        }
        const metrics = evidence.parts[0].estimates.map(estimate => estimate.metric);
        const rows = evidence.parts.map(part => [
          `${part.column} = ${part.label}`,
          part.rows.toLocaleString(),
          ...part.estimates.map(estimate => value(estimate.value))
        ]);
        return (
          <Table label={trans.__('Slices')} heads={[trans.__('Slice'), trans.__('Rows'), ...metrics]} rows={rows} />
        );
      }}
    </Answered>
  );
}
