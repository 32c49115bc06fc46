import React, { useRef, useState } from 'react';

import { Evaluation, ShowReply } from '../wire';
import { Answered } from './answered';
import { useDesk } from './deskcontext';
import { IEvaluationsProps } from './evaluations';
import { Plots } from './plots';
import { useAnswerAt } from './useanswer';
import { useSeen } from './useseen';

/** What can be drawn of a version: of its training and its newest evaluation once that is in sight, of others on demand. */
export function CurvesOf({ evaluations, name }: IEvaluationsProps): JSX.Element {
  const { trans } = useDesk();
  const box = useRef<HTMLDivElement>(null);
  const isSeen = useSeen(box);
  return (
    <>
      <div ref={box} className="jp-Mlc-curves">
        {isSeen && <Drawn name={name} evaluations={evaluations} />}
      </div>
      {others(evaluations).map(({ dataset, id, number }) => (
        <Folded key={id} title={trans.__('Curves of evaluation/%1, on %2', number, dataset)} number={number} />
      ))}
    </>
  );
}

/** The newest evaluation of every other dataset than the newest one's. */
function others(evaluations: readonly Evaluation[]): readonly Evaluation[] {
  const first = new Map<string, Evaluation>();
  evaluations.forEach(one => first.set(one.dataset, first.get(one.dataset) ?? one));
  return [...first.values()].slice(1);
}

/** Asked anew when there is another evaluation, and not whenever something changes: much is read for it. */
function Drawn({ evaluations, name }: IEvaluationsProps): JSX.Element {
  const { trans } = useDesk();
  const [newest] = evaluations;
  return (
    <Answered answered={useAnswerAt('show', { ref: name, curves: true }, newest?.id)}>
      {reply => (
        <>
          {newest && <p>{trans.__('Of evaluation/%1, on %2.', newest.number, newest.dataset)}</p>}
          <Curves reply={reply} />
        </>
      )}
    </Answered>
  );
}

function Folded({ title, number }: { title: string; number: number }): JSX.Element {
  const [open, setOpen] = useState(false);
  return (
    <details onToggle={event => setOpen((event.target as HTMLDetailsElement).open)}>
      <summary>{title}</summary>
      {open && <Of number={number} />}
    </details>
  );
}

function Of({ number }: { number: number }): JSX.Element {
  const answered = useAnswerAt('show', { ref: `evaluation/${number}`, curves: true }, number);
  return <Answered answered={answered}>{reply => <Curves reply={reply} />}</Answered>;
}

function Curves({ reply }: { reply: ShowReply }): JSX.Element {
  const { trans } = useDesk();
  if (Object.keys(reply.curves).length) {
    return <Plots curves={reply.curves} />;
  }
  return (
    <>
      {reply.warnings.map(warning => (
        <p key={warning} className="jp-Mlc-warning">
          ⚠ {warning}
        </p>
      ))}
      <p>
        {trans.__('There is nothing to draw: no metric was logged step by step, and no probabilities or values were kept.')}{' '}
        {reply.next && <code>{reply.next}</code>}
      </p>
    </>
  );
}
