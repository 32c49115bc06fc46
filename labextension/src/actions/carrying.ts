import { Answer, Ask, Progress, Refusal, Verb } from '../registry/asking';
import { IDesk } from '../registry/desk';
import { IWanted } from './wanted';

/** Whoever waits for an act that takes a while. */
export interface IWaiting {
  progress: Progress;
  signal: AbortSignal;
}

/** Send a request; where the registry asks back, ask the person. Null where that was answered with no. */
export async function confirmed<V extends Verb>(
  desk: IDesk,
  wanted: IWanted<V>,
  ask: Ask<V>,
  isSure: (question: string) => Promise<boolean>,
  waiting?: IWaiting
): Promise<Answer<V> | null> {
  try {
    return await desk.call(wanted.verb, ask, waiting?.progress, waiting?.signal);
  } catch (error) {
    if (!(error instanceof Refusal) || !error.token) {
      throw error;
    }
    const yes = await isSure(error.message);
    return yes ? confirmed(desk, wanted, { ...ask, confirm: error.token }, isSure, waiting) : null;
  }
}

/** What was done, in one line. */
export function done<V extends Verb>(wanted: IWanted<V>, reply: Answer<V>): string {
  return [wanted.title, ...wanted.told(reply), ...reply.warnings].join(' · ');
}

/** Why it was not done, and what to do next, in one line. */
export function refused(error: Error): string {
  const hint = error instanceof Refusal ? error.hint : '';
  return [error.message, hint].filter(Boolean).join('. ');
}

/** Whether an act can be taken back. */
export function canUndo<V extends Verb>(wanted: IWanted<V>): boolean {
  return !wanted.cannotBeTakenBack && !wanted.isNotUndone && wanted.verb !== 'undo';
}
