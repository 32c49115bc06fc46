import { ITranslator, TranslationBundle } from '@jupyterlab/translation';
import { Token } from '@lumino/coreutils';

import { Wanted } from '../actions/wanted';
import { Call, IChanged, IWords } from './asking';

/** All that a view is given. */
export interface IDesk {
  call: Call;
  blob: (digest: string) => Promise<string>;
  trans: IWords;
  /** What people call the registry that is asked. */
  registry: () => string;
  changed: IChanged;
  /** Look whether something changed. */
  refresh: () => void;
  /** Show what a reference names: `churn`, or `churn:3`. */
  open: (ref: string) => void;
  compare: (refs: readonly string[]) => void;
  /** Ask a person about an act, and carry it out. */
  act: (wanted: Wanted) => void;
  /** Put a line into the notebook; where one cannot, have it at hand to be pasted. */
  insert: (source: string) => void;
  canInsert: boolean;
  /** Metrics and parameters that the table of versions shows at first. */
  columns: () => readonly string[];
}

export const IDesk = new Token<IDesk>('jupyter-mlc:IDesk', 'What the views of the model registry work with.');

export const DOMAIN = 'jupyter_mlc';

export function bundle(translator: ITranslator): TranslationBundle {
  return translator.load(DOMAIN);
}
