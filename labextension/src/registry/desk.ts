import { ITranslator, TranslationBundle } from '@jupyterlab/translation';
import { Token } from '@lumino/coreutils';
import { ISignal } from '@lumino/signaling';

import { Wanted } from '../actions/wanted';
import { Call } from './client';

/** A cell of the notebook in front. */
export interface ICell {
  id: string;
  source: string;
}

/** A notebook that the registry keeps: by its digest, or as a job executes it. */
export interface IStored {
  name: string;
  digest?: string;
  job?: number;
}

/** Draws a picture in Vega-Lite, and gives what takes it away again. */
export type Draw = (node: HTMLElement, picture: object) => Promise<() => void>;

/** All that a view is given. */
export interface IDesk {
  call: Call;
  blob: (digest: string) => Promise<string>;
  trans: TranslationBundle;
  /** What people call the registry that is asked. */
  registry: () => string;
  changed: ISignal<unknown, void>;
  /** A job got further; nothing was recorded. */
  progressed: ISignal<unknown, void>;
  /** Look whether something changed. */
  refresh: () => void;
  /** Show what a reference names: `churn`, `churn:3`, `job/17`, `:jobs` or `:verify`. */
  open: (ref: string) => void;
  compare: (refs: readonly string[]) => void;
  /** Ask a person about an act, and carry it out. */
  act: (wanted: Wanted | Promise<Wanted>) => void;
  /** Put a line into the notebook. */
  insert: (source: string) => void;
  /** Metrics and parameters that the table of versions shows at first. */
  columns: () => readonly string[];
  /** Null where nobody can draw: then there are tables alone. */
  draw: Draw | null;
  /** The cells of code of the notebook in front. */
  front: () => { name: string; cells: readonly ICell[] } | null;
  /** Open a stored notebook, to be read; null where nobody can. */
  openNotebook: ((stored: IStored) => void) | null;
}

export const IDesk = new Token<IDesk>('jupyter-mlc:IDesk', 'What the views of the model registry work with.');

export const DOMAIN = 'jupyter_mlc';

export function bundle(translator: ITranslator): TranslationBundle {
  return translator.load(DOMAIN);
}
