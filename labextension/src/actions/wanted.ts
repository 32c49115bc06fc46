import { Answer, Ask, IWords, Verb } from '../registry/asking';

/** One line of the form of an act. */
export interface IField {
  name: string;
  label: string;
  kind: 'text' | 'long' | 'day' | 'choice' | 'flag';
  /** What it means, in a few words. */
  help?: string;
  /** A field beside it. */
  beside?: IField;
  choices?: readonly string[];
  /** How people say a choice, where that is another word. */
  said?: (choice: string) => string;
  value?: string;
  placeholder?: string;
}

export type Values = Readonly<Record<string, string>>;

/** An act that a person may want: its form, the request that follows from it, and what the reply says. */
export interface IWanted<V extends Verb> {
  verb: V;
  title: string;
  accept: string;
  cannotBeTakenBack?: boolean;
  /** It can be ended or discarded, which is another act than taking it back. */
  isNotUndone?: boolean;
  fields: readonly IField[] | ((values: Values) => readonly IField[]);
  ask: (values: Values) => Ask<V>;
  /** The request as it is sent after it was tried: it may hold on to what was seen. */
  seen?: (ask: Ask<V>, tried: Answer<V>) => Ask<V>;
  told: (reply: Answer<V>) => readonly string[];
  /** What is shown afterwards; nothing where it is empty. */
  opens?: (reply: Answer<V>) => string;
}

export type Wanted = { [V in Verb]: IWanted<V> }[Verb];

export function fieldsOf<V extends Verb>({ fields }: IWanted<V>, values: Values): readonly IField[] {
  return typeof fields === 'function' ? fields(values) : fields;
}

export function reasonField(trans: IWords): IField {
  return { name: 'reason', label: trans.__('Reason'), kind: 'text', placeholder: trans.__('why, in your own words') };
}
