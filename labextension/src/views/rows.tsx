import React, { useState } from 'react';

import { Rows as Known, rowsOf, targets } from '../actions/judging';
import { useDesk } from './deskcontext';
import { Refused } from './refused';
import { Section } from './section';

export interface IRowsProps {
  asking: boolean;
  onAsk: (data: string, target: string) => void;
  children: React.ReactNode;
}

/** A choice of the rows to compare on. The models predict then, in a process of their own. */
export function Rows({ asking, onAsk, children }: IRowsProps): JSX.Element {
  const { call, trans } = useDesk();
  const [known, setKnown] = useState<Known | null>(null);
  const [error, setError] = useState<Error | null>(null);
  const [data, setData] = useState('');
  const [target, setTarget] = useState('');
  const look = (): void => {
    rowsOf(call, trans).then(setKnown, setError);
  };
  const columns = known ? targets(known, data || [...known.keys()][0], target) : [];
  return (
    <Section title={trans.__('On other rows')}>
      {!known && !error && (
        <button className="jp-mod-styled" onClick={look}>
          {trans.__('Choose rows to compare on')}
        </button>
      )}
      {error && <Refused error={error} trans={trans} />}
      {known && (
        <form
          className="jp-Mlc-deeds"
          onSubmit={event => {
            event.preventDefault();
            if (!asking) {
              onAsk(data || [...known.keys()][0], columns[0]);
            }
          }}
        >
          <label>
            {trans.__('Rows of')}{' '}
            <select value={data} onChange={event => setData(event.target.value)}>
              {[...known.keys()].map(name => (
                <option key={name}>{name}</option>
              ))}
            </select>
          </label>
          <label>
            {trans.__('Column with the answers')}{' '}
            <select value={columns[0]} onChange={event => setTarget(event.target.value)}>
              {[...(known.get(data || [...known.keys()][0]) ?? [])].map(name => (
                <option key={name}>{name}</option>
              ))}
            </select>
          </label>
          <button className="jp-mod-styled" type="submit" aria-disabled={asking}>
            {trans.__('Compare on these rows')}
          </button>
        </form>
      )}
      {children}
    </Section>
  );
}
