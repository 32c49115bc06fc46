import { useEffect, useState } from 'react';

import { Answer, Ask, Verb } from '../registry/asking';
import { useDesk } from './deskcontext';

export interface IAnswered<V extends Verb> {
  reply: Answer<V> | null;
  error: Error | null;
}

/** What a verb answers, asked anew when the registry changes; what was known stays until the new answer is there. */
export function useAnswer<V extends Verb>(verb: V, ask: Ask<V> | null): IAnswered<V> {
  const desk = useDesk();
  const [changes, setChanges] = useState(0);
  const [answered, setAnswered] = useState<IAnswered<V>>({ reply: null, error: null });
  const asked = JSON.stringify(ask);
  useEffect(() => {
    const changed = (): void => setChanges(count => count + 1);
    desk.changed.connect(changed);
    return () => {
      desk.changed.disconnect(changed);
    };
  }, [desk]);
  useEffect(() => {
    let current = ask !== null;
    if (ask) {
      desk.call(verb, ask).then(
        reply => current && setAnswered({ reply, error: null }),
        error => current && setAnswered({ reply: null, error })
      );
    }
    return () => {
      current = false;
    };
  }, [desk, asked, changes]);
  return answered;
}
