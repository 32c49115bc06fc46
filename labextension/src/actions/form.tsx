import React, { useEffect, useState } from 'react';

import { Answer, Ask, Verb } from '../registry/asking';
import { IDesk } from '../registry/desk';
import { Refused } from '../views/refused';
import { initial, Line } from './line';
import { fieldsOf, IWanted, Values } from './wanted';

const PAUSE = 250;
export const FIELDS = 'select, input, textarea';

export interface IFormProps<V extends Verb> {
  desk: IDesk;
  wanted: IWanted<V>;
  onEdited: (ask: Ask<V>) => void;
  onTried: (ask: Ask<V>, reply: Answer<V> | null) => void;
}

/** The fields of an act; after each pause in typing it is tried, and what would happen stands below. */
export function Form<V extends Verb>({ desk, wanted, onEdited, onTried }: IFormProps<V>): JSX.Element {
  const { trans } = desk;
  const [values, setValues] = useState<Values>(() => initial(fieldsOf(wanted, {})));
  const fields = fieldsOf(wanted, values);
  const [reply, setReply] = useState<Answer<V> | null>(null);
  const [error, setError] = useState<Error | null>(null);
  useEffect(() => {
    let current = true;
    const ask = wanted.ask({ ...initial(fields), ...values });
    onEdited(ask);
    const settle = (reply: Answer<V> | null, error: Error | null): void => {
      if (current) {
        setReply(reply);
        setError(error);
        onTried(ask, reply);
      }
    };
    const attempt = (): void => {
      desk.call(wanted.verb, { ...ask, dry_run: true } as Ask<V>).then(
        reply => settle(reply, null),
        error => settle(null, error)
      );
    };
    const timer = window.setTimeout(attempt, PAUSE);
    return () => {
      current = false;
      window.clearTimeout(timer);
    };
  }, [values]);
  return (
    <div>
      {fields.map(field => (
        <Line key={field.name} field={field} values={values} onChange={setValues} />
      ))}
      <section className="jp-Mlc-preview" aria-live="polite" aria-label={trans.__('What will happen')}>
        {error && <Refused error={error} trans={trans} />}
        {!error && <h3>{reply ? trans.__('This will happen') : trans.__('Looking what would happen…')}</h3>}
        {reply && <Told lines={[...wanted.told(reply), ...reply.warnings]} nothing={trans.__('nothing changes')} />}
        {wanted.cannotBeTakenBack && <p className="jp-Mlc-warning">⚠ {trans.__('This cannot be taken back.')}</p>}
      </section>
    </div>
  );
}

function Told({ lines, nothing }: { lines: readonly string[]; nothing: string }): JSX.Element {
  return <ul>{lines.length ? lines.map(line => <li key={line}>{line}</li>) : <li>{nothing}</li>}</ul>;
}
