import { IWords } from '../registry/asking';
import { IField, Values } from './wanted';

/** What may be named: objects of the notebook, those that are models first; data; models that there are. */
export interface IOffered {
  objects: readonly string[];
  data: readonly string[];
  models: readonly string[];
}

/** A line for the notebook, and the form from which it follows. */
export interface ILine {
  fields: readonly IField[];
  line: (values: Values) => string;
}

const NONE = '';

/** The line that makes a version. */
export function registering(notebook: string, { objects, data, models }: IOffered, trans: IWords): ILine {
  const named = notebook.replace(/[^A-Za-z0-9._-]+/g, '-').replace(/^[^A-Za-z0-9]+/, '');
  return {
    fields: [
      { name: 'object', label: trans.__('What'), kind: 'choice', choices: objects, value: objects[0] },
      { name: 'name', label: trans.__('Model'), kind: 'text', choices: models, value: named || 'model' },
      { name: 'data', label: trans.__('Trained on'), kind: 'choice', choices: [NONE, ...data], value: NONE },
      { name: 'note', label: trans.__('Note'), kind: 'text', placeholder: trans.__('what is special about it') }
    ],
    line: ({ object, name, data, note }) =>
      ['%mlc register', name.trim(), object, data && `--data ${data}`, note.trim() && quoted(note.trim())]
        .filter(Boolean)
        .join(' ')
  };
}

/** In single quotes, inside which nothing is evaluated. */
function quoted(note: string): string {
  return `'${note.replace(/'/g, '’')}'`;
}
