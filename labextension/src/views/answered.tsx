import React from 'react';

import { Answer, Verb } from '../registry/asking';
import { useDesk } from './deskcontext';
import { Refused } from './refused';
import { IAnswered } from './useanswer';

export interface IAnsweredProps<V extends Verb> {
  answered: IAnswered<V>;
  children: (reply: Answer<V>) => React.ReactNode;
}

/** What was answered, or why not, or that it is being asked. */
export function Answered<V extends Verb>({ answered, children }: IAnsweredProps<V>): JSX.Element {
  const { trans } = useDesk();
  if (answered.error) {
    return <Refused error={answered.error} trans={trans} />;
  }
  return answered.reply ? <>{children(answered.reply)}</> : <p role="status">{trans.__('Loading…')}</p>;
}
