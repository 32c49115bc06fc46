import { useEffect, useRef, useState } from 'react';

import { Answer, Ask, Verb } from '../registry/asking';
import { useDesk } from './deskcontext';

const SECOND = 1000;

export interface IAnswered<V extends Verb> {
  reply: Answer<V> | null;
  error: Error | null;
}

/**
 * What a verb answers, asked anew when the registry changes; what was known stays until the new answer is there. As long
 * as `goesOn` says so of the answer, it is asked anew every second as well, and whenever a job gets further.
 */
export function useAnswer<V extends Verb>(
  verb: V,
  ask: Ask<V> | null,
  goesOn?: (reply: Answer<V>) => boolean
): IAnswered<V> {
  const desk = useDesk();
  const [changes, setChanges] = useState(0);
  const answered = useAnswerAt(verb, ask, changes);
  const isGoing = Boolean(answered.reply && goesOn?.(answered.reply));
  useEffect(() => {
    const changed = (): void => setChanges(count => count + 1);
    desk.changed.connect(changed);
    return () => {
      desk.changed.disconnect(changed);
    };
  }, [desk]);
  useEffect(() => {
    if (!isGoing) {
      return;
    }
    const further = (): void => {
      if (!document.hidden) {
        setChanges(count => count + 1);
      }
    };
    const timer = window.setInterval(further, SECOND);
    desk.progressed?.connect(further);
    return () => {
      window.clearInterval(timer);
      desk.progressed?.disconnect(further);
    };
  }, [desk, isGoing]);
  return answered;
}

/** What a verb answers, asked anew whenever `moment` is another one; what was known stays until the new answer is there. */
export function useAnswerAt<V extends Verb>(verb: V, ask: Ask<V> | null, moment: unknown): IAnswered<V> {
  const desk = useDesk();
  const [answered, setAnswered] = useState<IAnswered<V>>({ reply: null, error: null });
  const asked = JSON.stringify(ask);
  const sent = useRef({ count: 0, answered: 0, asked });
  useEffect(() => {
    const { current } = sent;
    current.asked = asked;
    const place = ++current.count;
    const settle = (answer: IAnswered<V>): void => {
      if (current.asked === asked && place > current.answered) {
        current.answered = place;
        setAnswered(answer);
      }
    };
    if (ask) {
      desk.call(verb, ask).then(
        reply => settle({ reply, error: null }),
        error => settle({ reply: null, error })
      );
    }
  }, [desk, asked, moment]);
  return answered;
}
