import { Evaluate } from '../wire';
import { value } from '../format';
import { Call, IWords, Refusal } from '../registry/asking';
import { IWanted } from './wanted';

const MOST = 50;
const NONE = '';

/** Rows to judge by: the datasets of the registry with their columns. */
export type Rows = ReadonlyMap<string, readonly string[]>;

export async function rowsOf(call: Call, trans: IWords): Promise<Rows> {
  const { datasets } = await call('dataset list', { limit: MOST });
  const names = [...new Set(datasets.filter(one => !one.sealed).map(one => one.name))];
  if (!names.length) {
    const hint = trans.__('add one in a notebook: %1', '%mlc dataset add NAME DATAFRAME');
    throw new Refusal(trans.__('The registry has no dataset to judge by.'), hint);
  }
  const shown = await Promise.all(names.map(name => call('dataset show', { name })));
  return new Map(shown.map((each, at) => [names[at], each.columns.map(column => column.name)]));
}

/** The columns of a dataset, the most likely one to hold the answers first: what the model was asked for before. */
export function targets(rows: Rows, data: string, before: string): readonly string[] {
  const columns = rows.get(data) ?? [];
  return columns.includes(before) ? [before, ...columns.filter(each => each !== before)] : columns;
}

export async function evaluating(
  version: string,
  before: { data: string; target: string },
  call: Call,
  trans: IWords
): Promise<IWanted<'evaluate'>> {
  const rows = await rowsOf(call, trans);
  const names = [...rows.keys()];
  const first = names.includes(before.data) ? before.data : names[0];
  return {
    verb: 'evaluate',
    title: trans.__('Evaluate %1', version),
    accept: trans.__('Evaluate'),
    isNotUndone: true,
    fields: values => {
      const columns = targets(rows, values['data'] || first, before.target);
      return [
        { name: 'data', label: trans.__('On the rows of'), kind: 'choice', choices: names, value: first },
        { name: 'target', label: trans.__('Column with the answers'), kind: 'choice', choices: columns, value: columns[0] },
        { name: 'by', label: trans.__('Part the rows by'), kind: 'choice', choices: [NONE, ...columns], value: NONE }
      ];
    },
    ask: ({ data, target, by }): Evaluate => {
      const columns = targets(rows, data, before.target);
      return {
        ref: version,
        data,
        target: columns.includes(target) ? target : columns[0],
        by: by && columns.includes(by) ? [by] : []
      };
    },
    told: reply => [
      trans.__('%1 rows of %2, target %3', reply.rows.toLocaleString(), reply.dataset, reply.target),
      ...reply.versions.map(each => {
        const found = each.evidence?.estimates.slice(0, 3).map(one => `${one.metric} ${value(one.value)}`) ?? [];
        return [each.version, ...found].join(' · ');
      }),
      ...reply.notes
    ]
  };
}
