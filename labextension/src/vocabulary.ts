import { IWords } from './registry/asking';
import { CellChange, Engine, Env, Exit, FactsTopic, ReproductionsVerdict, Stage, Standing, Task, Tier } from './wire';

type Status = Exit | 'queued' | 'running' | 'finished' | 'failed';
type Kind = 'version' | 'run' | 'job' | 'evaluation' | 'notebook' | 'environment';
/** What the tables below a picture have in their heads. */
type Column =
  | ('false_positive_rate' | 'true_positive_rate' | 'recall' | 'precision' | 'step' | 'value')
  | ('predicted' | 'low' | 'median' | 'rows' | 'residual' | 'density');
type Facet = CellChange['change'] | FactsTopic | ReproductionsVerdict;
type Word = Stage | Standing | Tier | Status | Task | Env | Engine | Facet | Kind | Column;

/** Each under the name that it has in requests, replies and queries. */
const WORDS: Readonly<Record<Word, (trans: IWords) => string>> = {
  candidate: trans => trans.__('candidate'),
  staging: trans => trans.__('staging'),
  production: trans => trans.__('production'),
  deprecated: trans => trans.__('deprecated'),
  retired: trans => trans.__('retired'),
  archived: trans => trans.__('archived'),
  purged: trans => trans.__('purged'),
  computed: trans => trans.__('computed'),
  observed: trans => trans.__('observed'),
  attested: trans => trans.__('attested'),
  claimed: trans => trans.__('claimed'),
  minimal: trans => trans.__('minimal'),
  limited: trans => trans.__('limited'),
  high: trans => trans.__('high'),
  queued: trans => trans.__('queued'),
  running: trans => trans.__('running'),
  succeeded: trans => trans.__('succeeded'),
  finished: trans => trans.__('finished'),
  failed: trans => trans.__('failed'),
  'cell failed': trans => trans.__('cell failed'),
  'process died': trans => trans.__('process died'),
  'out of memory': trans => trans.__('out of memory'),
  'timed out': trans => trans.__('timed out'),
  cancelled: trans => trans.__('cancelled'),
  lost: trans => trans.__('lost'),
  cached: trans => trans.__('cached'),
  binary: trans => trans.__('binary'),
  multiclass: trans => trans.__('multiclass'),
  regression: trans => trans.__('regression'),
  auto: trans => trans.__('auto'),
  direct: trans => trans.__('direct'),
  kernel: trans => trans.__('kernel'),
  cold: trans => trans.__('cold'),
  lock: trans => trans.__('lock'),
  current: trans => trans.__('current'),
  added: trans => trans.__('added'),
  removed: trans => trans.__('removed'),
  changed: trans => trans.__('changed'),
  moved: trans => trans.__('moved'),
  parameter: trans => trans.__('parameter'),
  dataset: trans => trans.__('dataset'),
  feature: trans => trans.__('feature'),
  object: trans => trans.__('object'),
  tag: trans => trans.__('tag'),
  code: trans => trans.__('code'),
  package: trans => trans.__('package'),
  identical: trans => trans.__('identical'),
  equivalent: trans => trans.__('equivalent'),
  diverged: trans => trans.__('diverged'),
  'not reproducible': trans => trans.__('not reproducible'),
  version: trans => trans.__('version'),
  run: trans => trans.__('run'),
  job: trans => trans.__('job'),
  evaluation: trans => trans.__('evaluation'),
  notebook: trans => trans.__('notebook'),
  environment: trans => trans.__('environment'),
  false_positive_rate: trans => trans.__('false positive rate'),
  true_positive_rate: trans => trans.__('true positive rate'),
  recall: trans => trans.__('recall'),
  precision: trans => trans.__('precision'),
  predicted: trans => trans.__('predicted'),
  low: trans => trans.__('low'),
  median: trans => trans.__('median'),
  rows: trans => trans.__('rows'),
  residual: trans => trans.__('residual'),
  density: trans => trans.__('density'),
  step: trans => trans.__('step'),
  value: trans => trans.__('value')
};
const KNOWN: ReadonlyMap<string, (trans: IWords) => string> = new Map(Object.entries(WORDS));

/** A word of the registry as the reader says it; what is no such word stays as it is. */
export function spoken(word: string, trans: IWords): string {
  return KNOWN.get(word)?.(trans) ?? word;
}
