import { ITranslator, TranslationBundle } from '@jupyterlab/translation';
import { Token } from '@lumino/coreutils';

import { Wanted } from '../actions/wanted';
import { Call, IChanged, IWords } from './asking';

/** A cell of the notebook in front. */
export interface ICell {
  id: string;
  source: string;
}

/** A notebook that is open, with its cells of code. */
export interface IFront {
  name: string;
  cells: readonly ICell[];
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
  trans: IWords;
  /** What people call the registry that is asked. */
  registry: () => string;
  changed: IChanged;
  /** A job got further; nothing was recorded. */
  progressed?: IChanged;
  /** Look whether something changed. */
  refresh: () => void;
  /** Show what a reference names: `churn`, `churn:3`, `job/17`, `:jobs` or `:verify`. */
  open: (ref: string) => void;
  compare: (refs: readonly string[]) => void;
  /** Ask a person about an act, and carry it out. */
  act: (wanted: Wanted | Promise<Wanted>) => void;
  /** Put a line into the notebook; where one cannot, have it at hand to be pasted. */
  insert: (source: string) => void;
  canInsert: boolean;
  /** Metrics and parameters that the table of versions shows at first. */
  columns: () => readonly string[];
  /** Left out where nobody can draw: then there are tables alone. */
  draw?: Draw;
  /** The notebook in front, or null; left out where nobody can tell. */
  front?: () => IFront | null;
  /** Open a stored notebook, to be read; left out where nobody can. */
  openNotebook?: (stored: IStored) => void;
}

export const IDesk = new Token<IDesk>('jupyter-mlc:IDesk', 'What the views of the model registry work with.');

export const DOMAIN = 'jupyter_mlc';

export function bundle(translator: ITranslator): TranslationBundle {
  return translator.load(DOMAIN);
}
