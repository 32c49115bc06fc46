import { ModelVersion, STAGES } from '../wire';

/** What a query may name, as far as it is known. */
export interface IKnown {
  models: readonly string[];
  versions: readonly ModelVersion[];
}

/** Words that may stand where `from` begins; what was typed of them since is replaced. */
export interface ISuggested {
  from: number;
  words: readonly string[];
}

const MOST = 12;
const PLAIN = ['name', 'number', 'stage', 'alias', 'created', 'author', 'owner', 'class', 'library', 'format', 'note', 'dataset', 'job'];
const OPERATORS = ['=', '!=', '<', '<=', '>', '>=', 'in (', "like '", 'is null', 'is not null'];
const WORDLY = ['=', '!=', 'in (', "like '", 'not in (', 'is null'];
const PLAIN_WORDS = new Set(['name', 'stage', 'alias', 'author', 'owner', 'class', 'library', 'format', 'note', 'dataset']);
const TOKEN = /\s*(?:('[^']*'?|"[^"]*"?)|([A-Za-z_](?:[\w.@/-]|`[^`]*`?)*)|([<>!=~]+)|([(),])|([^\s'"<>!=~(),]+))/g;

interface IToken {
  text: string;
  at: number;
  end: number;
}

/** What may stand at the end of a query; nothing where anything may. */
export function suggested(text: string, known: IKnown): ISuggested {
  const tokens = tokensOf(text);
  const last = tokens[tokens.length - 1];
  const isTyping = last !== undefined && last.end === text.length && !/^[(),<>!=~]+$/.test(last.text);
  const closed = isTyping && /^(['"]).*\1$/.test(last.text) && last.text.length > 1;
  const before = (isTyping && !closed ? tokens.slice(0, -1) : tokens).map(token => token.text);
  const typed = isTyping && !closed ? last.text : '';
  const from = text.length - typed.length;
  const fits = (word: string): boolean => {
    const [plain, begun] = [word.toLowerCase(), typed.toLowerCase()];
    return plain !== begun && (plain.startsWith(begun) || plain.replace(/^'/, '').startsWith(begun));
  };
  const words = [...new Set(offered(before, typed, known))].filter(fits);
  return { from, words: words.slice(0, MOST) };
}

function tokensOf(text: string): readonly IToken[] {
  return [...text.matchAll(TOKEN)].map(found => {
    const token = found[1] ?? found[2] ?? found[3] ?? found[4] ?? found[5] ?? '';
    const end = found.index + found[0].length;
    return { text: token, at: end - token.length, end };
  });
}

type Part = 'field' | 'operator' | 'negated' | 'open' | 'value' | 'list' | 'listed' | 'is' | 'isNot' | 'join';

/** What follows on a part of a condition; `else` stands for every other word. */
const FOLLOWS: Readonly<Record<Part, Readonly<Record<string, Part>>>> = {
  field: { not: 'field', '(': 'field', else: 'operator' },
  operator: { in: 'open', is: 'is', not: 'negated', else: 'value' },
  negated: { in: 'open', else: 'value' },
  open: { else: 'list' },
  value: { else: 'join' },
  list: { else: 'listed' },
  listed: { ')': 'join', else: 'list' },
  is: { not: 'isNot', else: 'join' },
  isNot: { else: 'join' },
  join: { ')': 'join', else: 'field' }
};

function offered(before: readonly string[], typed: string, known: IKnown): readonly string[] {
  let part: Part = 'field';
  let field = '';
  for (const word of before) {
    const next: Part = FOLLOWS[part][word.toLowerCase()] ?? FOLLOWS[part].else;
    field = part === 'field' && next === 'operator' ? word : field;
    part = next;
  }
  const isWord = PLAIN_WORDS.has(field.toLowerCase()) || field.startsWith('tags.');
  const all: Readonly<Record<Part, () => readonly string[]>> = {
    field: () => (before.length ? [...fields(known), 'not'] : typed ? fields(known) : []),
    operator: () => (isWord ? WORDLY : OPERATORS),
    negated: () => ['in (', "like '"],
    open: () => ['('],
    value: () => values(field, known),
    list: () => values(field, known),
    listed: () => [')'],
    is: () => ['null', 'not null'],
    isNot: () => ['null'],
    join: () => ['and', 'or']
  };
  return all[part]();
}

function fields({ versions }: IKnown): readonly string[] {
  const keyed = versions.flatMap(version => [
    ...version.metrics.map(({ key }) => (key.startsWith('eval.') ? key : `metrics.${key}`)),
    ...version.params.map(({ key }) => `params.${key}`),
    ...Object.keys(version.tags).map(key => `tags.${key}`)
  ]);
  return [...PLAIN, ...[...new Set(keyed)].sort().map(asField)];
}

/** A name that is more than letters and digits stands between backticks. */
function asField(field: string): string {
  const [first, ...rest] = field.startsWith('eval.') ? field.split('.') : [field.split('.')[0], field.slice(field.indexOf('.') + 1)];
  return [first, ...rest.map(part => (/^[\w-]+$/.test(part) ? part : `\`${part}\``))].join('.');
}

function values(field: string, { models, versions }: IKnown): readonly string[] {
  const of: Readonly<Record<string, readonly string[]>> = {
    name: models,
    stage: STAGES,
    alias: [...versions.flatMap(version => version.aliases), 'latest'],
    author: versions.map(version => version.author),
    class: versions.map(version => version.class_name),
    library: versions.map(version => version.library),
    format: versions.map(version => version.format)
  };
  const [kind, key] = [field.split('.')[0], field.slice(field.indexOf('.') + 1)];
  if (kind === 'tags') {
    return versions.flatMap(version => (key in version.tags ? [quoted(version.tags[key])] : []));
  }
  return (of[field.toLowerCase()] ?? []).filter(Boolean).map(quoted);
}

function quoted(word: string): string {
  return `'${word.replace(/'/g, "''")}'`;
}
