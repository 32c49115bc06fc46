import { Verbs } from '../wire';

export type Verb = keyof Verbs;
export type Ask<V extends Verb> = Verbs[V][0];
export type Answer<V extends Verb> = Verbs[V][1];
/** Is told how far a long act is; a total of 0 means that nobody knows. */
export type Progress = (done: number, total: number, text: string) => void;
/**
 * Ask a verb; views are given nothing else, so that they work over REST as well as over a comm. What takes a while says how
 * far it is, and is ended by the signal, where that can be done.
 */
export type Call = <V extends Verb>(
  verb: V,
  ask: Ask<V>,
  progress?: Progress,
  signal?: AbortSignal
) => Promise<Answer<V>>;

/** The registry said no; `hint` is what to do next. */
export class Refusal extends Error {
  constructor(
    message: string,
    readonly hint: string,
    readonly token: string = ''
  ) {
    super(message);
  }
}

/** Nobody answers: the server part is not installed, or not enabled. */
export class Missing extends Error {}

/** What the views say, in the reader's language: JupyterLab's translations fit, and so does plain English. */
export interface IWords {
  __(text: string, ...filled: unknown[]): string;
  _n(one: string, many: string, count: number, ...filled: unknown[]): string;
}

/** Says that the registry has changed: a signal of JupyterLab's fits. */
export interface IChanged {
  connect(slot: () => void): unknown;
  disconnect(slot: () => void): unknown;
}
