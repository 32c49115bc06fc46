import { ENVS, Env, JobParameter, Reproduce, Retrain, RetrainReply } from '../wire';
import { Call, IWords } from '../registry/asking';
import { spoken } from '../vocabulary';
import { YES } from './input';
import { opened, told } from './jobs';
import { IField, IWanted, Values } from './wanted';

const PARAM = 'param.';
const SEVERAL = 'several.';
const BY_ITSELF = '';

/**
 * Train again what a reference names: a version, a model, a job's name, or a notebook's file. What the notebook declares
 * is found out by a rehearsal, so that the form knows its parameters.
 */
export async function retraining(what: string, call: Call, trans: IWords): Promise<IWanted<'retrain'>> {
  const rehearsed = await call('retrain', { ref: what, dry_run: true });
  return {
    verb: 'retrain',
    title: trans.__('Retrain %1', rehearsed.of),
    accept: trans.__('Start'),
    isNotUndone: true,
    fields: fields(rehearsed, trans),
    ask: values => ({ ref: what, background: true, ...asked(values, rehearsed.parameters) }),
    told: reply => told(reply, trans),
    opens: opened
  };
}

function fields(rehearsed: RetrainReply, trans: IWords): readonly IField[] {
  const before = rehearsed.jobs[0]?.params ?? {};
  return [
    ...rehearsed.parameters.map(each => parameterField(each, before[each.name], trans)),
    {
      ...{ name: 'jobs', label: trans.__('Jobs at once'), kind: 'text', value: '1' },
      beside: { name: 'metric', label: trans.__('Sort by'), kind: 'text', placeholder: 'auc' }
    },
    ...limits(trans),
    { name: 'force', label: trans.__('Also what the record has the answer of'), kind: 'flag' }
  ];
}

function limits(trans: IWords): readonly IField[] {
  const beside: IField = { name: 'memory', label: trans.__('Memory for each job'), kind: 'text', placeholder: '4GB' };
  return [{ name: 'timeout', label: trans.__('Time for each job'), kind: 'text', placeholder: '30m', beside }];
}

/** A value of the notebook's own is given by leaving the field empty. */
function parameterField(one: JobParameter, before: unknown, trans: IWords): IField {
  const kind = one.type ? ` (${one.type})` : '';
  return {
    name: `${PARAM}${one.name}`,
    label: `${one.name}${kind}`,
    help: one.help,
    kind: 'text',
    value: '',
    placeholder: before === undefined ? one.default : spelled(before),
    beside: { name: `${SEVERAL}${one.name}`, label: trans.__('several: 4, 8'), kind: 'flag' }
  };
}

function spelled(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** What a form says; what was left empty is left as it is. */
export function asked(values: Values, parameters: readonly JobParameter[]): Partial<Retrain> {
  const typed = parameters.filter(each => values[`${PARAM}${each.name}`]?.trim());
  const text = (each: JobParameter): string => values[`${PARAM}${each.name}`].trim();
  const isSeveral = (each: JobParameter): boolean => values[`${SEVERAL}${each.name}`] === YES;
  const pairs = (those: readonly JobParameter[], read: (text: string, type: string) => unknown): Record<string, unknown> =>
    Object.fromEntries(those.map(each => [each.name, read(text(each), each.type)]));
  return {
    param: pairs(typed.filter(each => !isSeveral(each)), valueOf),
    grid: pairs(typed.filter(isSeveral), severalOf),
    jobs: Math.max(1, Math.trunc(Number(values['jobs'])) || 1),
    timeout: values['timeout']?.trim() ?? '',
    memory: values['memory']?.trim() ?? '',
    metric: values['metric']?.trim() ?? '',
    force: values['force'] === YES
  };
}

/** A value as the registry reads it: numbers, truth and lists as such, anything else as text. */
export function valueOf(text: string, type: string): unknown {
  if (type === 'str') {
    return text.replace(/^(['"])(.*)\1$/, '$2');
  }
  const python = { True: true, False: false, None: null }[text];
  if (python !== undefined) {
    return python;
  }
  try {
    return JSON.parse(text);
  } catch {
    return text.replace(/^(['"])(.*)\1$/, '$2');
  }
}

/** Several values: with commas, in brackets or without; a range goes as it is, and the registry reads it. */
export function severalOf(text: string, type: string): unknown {
  if (/^range\(.*\)$/.test(text)) {
    return text;
  }
  const whole = parts(text);
  const isList = whole.length === 1 && text.startsWith('[') && text.endsWith(']');
  return (isList ? parts(text.slice(1, -1)) : whole).map(each => valueOf(each, type));
}

/** What stands between commas; those inside brackets and quotes part nothing. */
function parts(text: string): readonly string[] {
  const found = [''];
  let depth = 0;
  let quote = '';
  for (const letter of text) {
    if (quote || letter === '"' || letter === "'") {
      quote = quote === letter ? '' : quote || letter;
    } else if ('[{('.includes(letter)) {
      depth++;
    } else if (']})'.includes(letter)) {
      depth--;
    }
    if (letter === ',' && !depth && !quote) {
      found.push('');
    } else {
      found[found.length - 1] += letter;
    }
  }
  return found.map(each => each.trim()).filter(Boolean);
}

export function reproducing(version: string, trans: IWords): IWanted<'reproduce'> {
  return {
    verb: 'reproduce',
    title: trans.__('Reproduce %1', version),
    accept: trans.__('Start'),
    isNotUndone: true,
    fields: [
      {
        ...{ name: 'env', label: trans.__('Environment'), kind: 'choice', choices: [BY_ITSELF, ...ENVS], value: BY_ITSELF },
        said: env => (env === BY_ITSELF ? trans.__('as it fits') : spoken(env, trans))
      },
      ...limits(trans)
    ],
    ask: ({ env, timeout, memory }): Reproduce => ({
      ref: version,
      env: env === BY_ITSELF ? null : (env as Env),
      timeout: timeout.trim(),
      memory: memory.trim(),
      background: true
    }),
    told: reply => [
      reply.verdict && [spoken(reply.verdict, trans), reply.reason].filter(Boolean).join(': '),
      reply.environment && trans.__('Environment: %1', spoken(reply.environment, trans)),
      trans._n('%1 cell is executed', '%1 cells are executed', reply.cells),
      ...reply.obstacles.map(each => trans.__('In the way: %1', each)),
      ...reply.notes
    ].filter(Boolean),
    opens: reply => reply.job
  };
}
