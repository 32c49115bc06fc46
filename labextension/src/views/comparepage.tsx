import React from 'react';

import { Compare, CompareReply, Difference } from '../wire';
import { bytes, value } from '../format';
import { IWords } from '../registry/asking';
import { spoken } from '../vocabulary';
import { Answered } from './answered';
import { CellChanges } from './cellchanges';
import { useDesk } from './deskcontext';
import { Judged } from './judged';
import { LineTo } from './lineto';
import { Reference } from './reference';
import { Section, Table } from './section';
import { HowLong } from './howlong';
import { Plots } from './plots';
import { Rows } from './rows';
import { useAnswer } from './useanswer';
import { useAsked } from './useasked';

/** Two versions or more, side by side: on the rows by which all were evaluated, or on those that somebody names. */
export function ComparePage({ ask }: { ask: Compare }): JSX.Element {
  const plain = useAnswer('compare', ask);
  const { answered, asking, progress, ask: again, cancel } = useAsked('compare');
  return (
    <>
      <Answered answered={answered?.reply ? answered : plain}>{reply => <Shown reply={reply} />}</Answered>
      <Rows asking={asking} onAsk={(data, target) => again({ ...ask, data, target })}>
        {asking && <HowLong progress={progress} onCancel={cancel} />}
        {!asking && answered?.error && <Answered answered={answered}>{() => null}</Answered>}
      </Rows>
    </>
  );
}

function Shown({ reply }: { reply: CompareReply }): JSX.Element {
  const { trans } = useDesk();
  const line = `%mlc compare ${reply.versions.join(' ')} --data DATASET --target COLUMN`;
  return (
    <>
      <div>
        <h1>{trans.__('Compare %1', reply.versions.join(', '))}</h1>
        <p className="jp-Mlc-verdict">{reply.verdict.sentence}</p>
        <p>
          {reply.versions.map(name => (
            <React.Fragment key={name}>
              <Reference name={name} />{' '}
            </React.Fragment>
          ))}
          <LineTo
            source={line}
            insert={trans.__('Insert a cell that compares them on data, with plots')}
            copy={trans.__('Copy the line that compares them on data, with plots')}
          />
        </p>
        {reply.warnings.map(warning => (
          <p key={warning} className="jp-Mlc-warning">
            ⚠ {warning}
          </p>
        ))}
      </div>
      <Section title={trans.__('Metrics')}>
        <Judged reply={reply} />
      </Section>
      <Section title={trans.__('Plots')}>
        <Plots curves={reply.curves} />
      </Section>
      <Section title={trans.__('Differences')}>
        <Differences reply={reply} />
      </Section>
      <Section title={trans.__('Cells that differ')}>
        <Cells reply={reply} />
      </Section>
    </>
  );
}

function Differences({ reply }: { reply: CompareReply }): JSX.Element {
  const { trans } = useDesk();
  const { facts, unknown } = reply.differences;
  const heads = [trans.__('What'), trans.__('Kind'), ...reply.versions];
  return (
    <>
      {facts.length ? (
        <Table label={trans.__('Differences')} heads={heads} rows={facts.map(fact => row(fact, trans))} />
      ) : (
        <p>{trans.__('They differ in nothing that is known of all of them.')}</p>
      )}
      {unknown.length > 0 && <p>{trans.__('Not known of each of them: %1', unknown.join(', '))}</p>}
    </>
  );
}

/** Where a value is not that of the first version, it is marked. */
function row(fact: Difference, trans: IWords): readonly React.ReactNode[] {
  const cells = fact.values.map((each, at) => {
    const text = fact.there[at] ? told(fact, each) : '∅';
    const same = at === 0 || (each === fact.values[0] && fact.there[at] === fact.there[0]);
    return same ? text : <mark>≠ {text}</mark>;
  });
  return [fact.name, spoken(fact.topic, trans), ...cells];
}

function told(fact: Difference, given: Difference['values'][number]): string {
  return fact.topic === 'object' && typeof given === 'number' ? bytes(given) : value(given) || '—';
}

function Cells({ reply }: { reply: CompareReply }): JSX.Element {
  const { trans } = useDesk();
  const { cells } = reply.differences;
  if (!cells.length) {
    return <p>{trans.__('None that is known.')}</p>;
  }
  return (
    <>
      {cells.map(of => (
        <div key={of.version}>
          <h3>{trans.__('%1 against %2', of.version, reply.versions[0])}</h3>
          <CellChanges changes={of.changes} />
        </div>
      ))}
    </>
  );
}
