import { IWords } from '../registry/asking';
import { ModelVersion } from '../wire';
import { moment, value } from '../format';

type Cell = string | number | boolean | null;

/** A column of the table of versions. */
export interface IColumn {
  key: string;
  head: string;
  /** What the rows are sorted by. */
  of: (version: ModelVersion) => Cell;
  text: (version: ModelVersion) => string;
}

export const ALWAYS = ['version', 'stage'];

/** The columns that every version has. */
export function plainColumns(trans: IWords): readonly IColumn[] {
  const plain = (key: string, head: string, of: IColumn['of']): IColumn => ({
    key,
    head,
    of,
    text: version => value(of(version))
  });
  return [
    plain('version', trans.__('Version'), version => version.number),
    plain('stage', trans.__('Stage'), version => version.stage),
    plain('aliases', trans.__('Aliases'), version => version.aliases.join(', ')),
    plain('class', trans.__('Class'), version => version.class_name),
    plain('author', trans.__('Author'), version => version.author),
    {
      key: 'created',
      head: trans.__('Created'),
      of: version => version.created,
      text: version => moment(version.created)
    },
    plain('note', trans.__('Note'), version => version.note)
  ];
}

/** A column for each metric and parameter that any of the versions has, under the name that a query uses. */
export function ownColumns(versions: readonly ModelVersion[]): readonly IColumn[] {
  const metrics = new Set(versions.flatMap(version => version.metrics.map(metric => metric.key)));
  const params = new Set(versions.flatMap(version => version.params.map(param => param.key)));
  return [
    ...[...metrics].sort().map(key => own(key.startsWith('eval.') ? key : `metrics.${key}`, metricOf(key))),
    ...[...params].sort().map(key => own(`params.${key}`, paramOf(key)))
  ];
}

function own(key: string, of: IColumn['of']): IColumn {
  return { key, head: key, of, text: version => value(of(version)) };
}

function metricOf(key: string): IColumn['of'] {
  return version => version.metrics.find(metric => metric.key === key)?.value ?? null;
}

function paramOf(key: string): IColumn['of'] {
  return version => version.params.find(param => param.key === key)?.value ?? null;
}

/** Sorted by a column; versions that have no value come last either way. */
export function sorted(versions: readonly ModelVersion[], by: IColumn, down: boolean): readonly ModelVersion[] {
  const known = versions.filter(version => by.of(version) !== null);
  const unknown = versions.filter(version => by.of(version) === null);
  const ordered = [...known].sort((one, other) => compared(by.of(one), by.of(other)));
  return [...(down ? ordered.reverse() : ordered), ...unknown];
}

function compared(one: Cell, other: Cell): number {
  if (typeof one === 'number' && typeof other === 'number') {
    return one - other;
  }
  return String(one).localeCompare(String(other));
}
