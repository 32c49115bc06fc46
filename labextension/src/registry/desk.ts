import { ITranslator, TranslationBundle } from '@jupyterlab/translation';
import { Token } from '@lumino/coreutils';
import { ISignal } from '@lumino/signaling';

import { Wanted } from '../actions/wanted';
import { Call } from './client';

/** All that a view is given. */
export interface IDesk {
  call: Call;
  blob: (digest: string) => Promise<string>;
  trans: TranslationBundle;
  /** What people call the registry that is asked. */
  registry: () => string;
  changed: ISignal<unknown, void>;
  /** Look whether something changed. */
  refresh: () => void;
  /** Show what a reference names: `churn`, or `churn:3`. */
  open: (ref: string) => void;
  compare: (refs: readonly string[]) => void;
  /** Ask a person about an act, and carry it out. */
  act: (wanted: Wanted) => void;
  /** Put a line into the notebook. */
  insert: (source: string) => void;
  /** Metrics and parameters that the table of versions shows at first. */
  columns: () => readonly string[];
}

export const IDesk = new Token<IDesk>('jupyter-mlc:IDesk', 'What the views of the model registry work with.');

export const DOMAIN = 'jupyter_mlc';

export function bundle(translator: ITranslator): TranslationBundle {
  return translator.load(DOMAIN);
}
