import { useEffect, useRef, useState } from 'react';

import { Ask, Verb } from '../registry/asking';
import { Called } from '../wire';
import { useDesk } from './deskcontext';
import { IAnswered } from './useanswer';

/** How far it is; a total of 0 means that nobody knows. */
export type IHowFar = Pick<Called, 'done' | 'total' | 'text'>;

export interface IAsked<V extends Verb> {
  /** Null until something was asked. */
  answered: IAnswered<V> | null;
  asking: boolean;
  progress: IHowFar | null;
  ask: (ask: Ask<V>) => void;
  cancel: () => void;
}

/** A verb that takes a while: asked when somebody wants it, with how far it is; ended when nobody does any more. */
export function useAsked<V extends Verb>(verb: V): IAsked<V> {
  const { call } = useDesk();
  const [answered, setAnswered] = useState<IAnswered<V> | null>(null);
  const [progress, setProgress] = useState<IHowFar | null>(null);
  const [asking, setAsking] = useState(false);
  const going = useRef<AbortController | null>(null);
  const cancel = (): void => going.current?.abort();
  useEffect(() => cancel, []);
  const ask = (asked: Ask<V>): void => {
    cancel();
    const own = (going.current = new AbortController());
    const settle = (answer: IAnswered<V>): void => {
      if (going.current === own) {
        setAnswered(answer);
        setAsking(false);
      }
    };
    setProgress(null);
    setAsking(true);
    const told = (done: number, total: number, text: string): void => setProgress({ done, total, text });
    call(verb, asked, told, own.signal).then(
      reply => settle({ reply, error: null }),
      error => settle({ reply: null, error })
    );
  };
  return { answered, asking, progress, ask, cancel };
}
