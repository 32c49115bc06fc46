// Written by docs/generate.py from the verbs themselves; change them there, then type: make generate

/** Look at the registry's health. */
export interface AdminDoctor {
}

/** What was looked at. */
export interface AdminDoctorReply {
  done: boolean;
  warnings: readonly string[];
  next: string;
  where: string;
  remarks: readonly Remark[];
}

/** One thing that was looked at. */
export interface Remark {
  about: string;
  what: string;
  advice: string;
}

/** Collect garbage. */
export interface AdminGc {
  /** say what would happen; change nothing */
  dry_run?: boolean;
  /** go ahead without being asked */
  yes?: boolean;
  /** token of the question that was answered */
  confirm?: string;
  /** also blobs older than this registry, which another one left that is gone */
  others?: boolean;
}

/** What was deleted. */
export interface AdminGcReply {
  done: boolean;
  warnings: readonly string[];
  next: string;
  blobs: number;
  leftovers: number;
  freed: number;
  kept: number;
}

/** Rebuild the tables. */
export interface AdminRebuild {
  /** say what would happen; change nothing */
  dry_run?: boolean;
  /** go ahead without being asked */
  yes?: boolean;
  /** token of the question that was answered */
  confirm?: string;
}

/** How much was read. */
export interface AdminRebuildReply {
  done: boolean;
  warnings: readonly string[];
  next: string;
  events: number;
}

/** Upgrade the schema. */
export interface AdminUpgrade {
  /** say what would happen; change nothing */
  dry_run?: boolean;
  /** go ahead without being asked */
  yes?: boolean;
  /** token of the question that was answered */
  confirm?: string;
}

/** The schema before and after. */
export interface AdminUpgradeReply {
  done: boolean;
  warnings: readonly string[];
  next: string;
  before: string;
  after: string;
}

/** Count bytes. */
export interface AdminUsage {
}

/** Bytes, by what needs them. */
export interface AdminUsageReply {
  done: boolean;
  warnings: readonly string[];
  next: string;
  where: string;
  uses: readonly Use[];
  largest: readonly Use[];
  blobs: number;
  size: number;
  unneeded: number;
  collectable: number;
  free: number;
}

/** What a model, a version or a kind of record needs. */
export interface Use {
  name: string;
  versions: number;
  size: number;
  alone: number;
}

/** Point an alias at a version. */
export interface Alias {
  /** say what would happen; change nothing */
  dry_run?: boolean;
  /** go ahead without being asked */
  yes?: boolean;
  /** token of the question that was answered */
  confirm?: string;
  /** the version; with --remove the model */
  ref: string;
  /** the alias, e.g. challenger */
  alias: string;
  /** take the alias away */
  remove?: boolean;
}

/** Where the alias points now. */
export interface AliasReply {
  done: boolean;
  warnings: readonly string[];
  next: string;
  model: string;
  alias: string;
  version: string | null;
  before: string | null;
}

/** Compare versions. */
export interface Compare {
  /** as recorded by 2026-06-30 or 2026-06-30T12:00, to its end; UTC unless a zone is named */
  at?: number | null;
  /** the versions, or a range; the champion among them, else the first, is what the others are set against; one alone is set against its champion */
  refs: readonly string[];
  /** the rows to compare on; else those by which all were evaluated before */
  data?: DatasetFacts | string | null;
  /** the column with the answers */
  target?: string;
  /** a metric's name, a function or scorer of the notebook, or a saved one; the first decides; those that suit the task unless named */
  metric?: readonly (Scorer | string)[];
  /** the class to find; of two classes the second unless named */
  positive?: string;
  /** of the resamples */
  seed?: number;
  /** how often an interval should hold the true value */
  level?: number;
  /** run the code in a version although no key of yours signed it */
  trust?: boolean;
  /** in the panel, as the output of the cell */
  panel?: boolean;
}

/** A dataset as it was seen: content digest, schema, profile, and where its bytes are. */
export interface DatasetFacts {
  name: string;
  digest: string;
  rows: number;
  columns: readonly Column[];
  source: string;
  time_column: string | null;
  start: number | null;
  end: number | null;
  blob: string | null;
  file_digest: string | null;
  row_digests: string | null;
}

/** One column of a dataset: logical type and profile. */
export interface Column {
  name: string;
  type: string;
  nulls: number;
  distinct: number | null;
  low: number | string | null;
  high: number | string | null;
  mean: number | null;
  std: number | null;
  quantiles: readonly number[];
  top: readonly (readonly [string, number])[];
}

/** A metric that came as an object: stored like a model, and vouched for by whoever asked. */
export interface Scorer {
  name: string;
  artifact: string;
  blobs: readonly string[];
  signature: string;
  less_is_better: boolean;
}

/** Which version is better, how sure that is, and in what they differ. */
export interface CompareReply {
  done: boolean;
  warnings: readonly string[];
  next: string;
  versions: readonly string[];
  verdict: Verdict;
  differs: string;
  basis: Basis | null;
  level: number;
  metrics: readonly Comparison[];
  rivals: readonly Comparison[];
  allowed_for: number;
  among: string;
  reported: readonly Reported[];
  differences: Differences;
  curves: Readonly<Record<string, Curves>>;
}

/** What a comparison comes to. */
export interface Verdict {
  sentence: string;
  better: readonly string[];
  sure: number | null;
  metric: string;
}

/** Which rows a comparison rests on. */
export interface Basis {
  dataset: string;
  digest: string;
  target: string;
  rows: number;
  task: string;
  positive: string;
  tried: number;
  evaluations: Readonly<Record<string, string>>;
  claimed: Readonly<Record<string, string>>;
  scored: readonly string[];
}

/** One candidate against the baseline, by one metric. */
export interface Comparison {
  metric: string;
  candidate: string;
  baseline: string;
  rows: number;
  greater_is_better: boolean;
  value: number | null;
  baseline_value: number | null;
  difference: number | null;
  low: number | null;
  high: number | null;
  sure: number | null;
  p_value: number | null;
  adjusted_p: number | null;
  better: string | null;
  reason: string;
}

/** One metric as it was reported of each version; None where it was not. */
export interface Reported {
  metric: string;
  values: readonly (Measured | null)[];
}

/** A number under a name, and how it is known. */
export interface Measured {
  key: string;
  value: number;
  standing: Standing;
}

export const STANDINGS = ['computed', 'observed', 'attested', 'claimed'] as const;
/** How a fact is known, best first. */
export type Standing = (typeof STANDINGS)[number];

/** In what versions differ. The values of a difference stand in the order of the versions. */
export interface Differences {
  facts: readonly Difference[];
  cells: readonly CellsOf[];
  unknown: readonly string[];
}

/** One fact that is not the same for all versions. */
export interface Difference {
  topic: FactsTopic;
  name: string;
  values: readonly (boolean | number | string | null)[];
  there: readonly boolean[];
  standings: readonly (Standing | null)[];
}

export const FACTS_TOPICS = ['parameter', 'dataset', 'feature', 'object', 'tag', 'code', 'package'] as const;
/** What a fact is about, the most telling first. */
export type FactsTopic = (typeof FACTS_TOPICS)[number];

/** What is different in the cells that made one version, set against those of the first one. */
export interface CellsOf {
  version: string;
  changes: readonly CellChange[];
}

/** One cell that is not the same. */
export interface CellChange {
  change: Change;
  title: string;
  before: number | null;
  after: number | null;
  lines: readonly string[];
  same_code: boolean;
  moved: boolean;
  copy_of: number | null;
}

export const CHANGES = ['added', 'removed', 'changed', 'moved'] as const;
/** What became of a cell. */
export type Change = (typeof CHANGES)[number];

/** What can be drawn of one model's answers: of a binary task one curve each, of several classes one a class. */
export interface Curves {
  roc: readonly RocCurve[];
  precision_recall: readonly PrecisionRecallCurve[];
  calibration: readonly CalibrationCurve[];
  residuals: Residuals | null;
  learning: readonly (readonly [string, LearningCurve])[];
}

/** How many positive rows are found, and at the price of how many false alarms, as the threshold sinks. */
export interface RocCurve {
  positive: string;
  false_positive_rate: readonly number[];
  true_positive_rate: readonly number[];
  thresholds: readonly (number | null)[];
  area: number;
}

/** How many of the rows that are found are positive, as more of the positive ones are. */
export interface PrecisionRecallCurve {
  positive: string;
  recall: readonly number[];
  precision: readonly number[];
  thresholds: readonly (number | null)[];
  average_precision: number;
  prevalence: number;
}

/** Predicted probabilities against what came true, in bins of about as many rows each. */
export interface CalibrationCurve {
  positive: string;
  bins: readonly CalibrationBin[];
  error: number;
}

/** Rows of about the same predicted probability. */
export interface CalibrationBin {
  rows: number;
  predicted: number;
  observed: number;
  low: number;
  high: number;
}

/** Target less prediction, in the target's unit. Row weights do not count here. */
export interface Residuals {
  predicted: readonly number[];
  residual: readonly number[];
  bins: readonly ResidualBin[];
  edges: readonly number[];
  counts: readonly number[];
}

/** Rows of about the same predicted value. */
export interface ResidualBin {
  rows: number;
  predicted: number;
  quantiles: readonly number[];
}

/** A metric by step, epoch, or number of rows. */
export interface LearningCurve {
  steps: readonly number[];
  values: readonly number[];
  left_out: number;
}

/** Add a dataset. */
export interface DatasetAdd {
  /** say what would happen; change nothing */
  dry_run?: boolean;
  /** go ahead without being asked */
  yes?: boolean;
  /** token of the question that was answered */
  confirm?: string;
  /** what to call it, e.g. flights-spring */
  name: string;
  /** a DataFrame, an array, or the path of a Parquet or CSV file */
  data: DatasetFacts | string;
  /** the column that says when a row was observed */
  time?: string;
  /** keep digest and profile only, not the bytes */
  no_store?: boolean;
  /** open it only once a version, with the stage that it is for; the name stays sealed */
  sealed?: boolean;
  /** where it comes from, in quotes */
  description?: string;
}

/** The dataset as it is known now. */
export interface DatasetAddReply {
  done: boolean;
  warnings: readonly string[];
  next: string;
  name: string;
  revision: number;
  digest: string;
  rows: number;
  columns: number;
  start: number | null;
  end: number | null;
  is_new: boolean;
  sealed: boolean;
  same_as: string | null;
  news: readonly string[];
}

/** List datasets. */
export interface DatasetList {
  /** as recorded by 2026-06-30 or 2026-06-30T12:00, to its end; UTC unless a zone is named */
  at?: number | null;
  /** at most so many */
  limit?: number;
}

/** Datasets, newest first. */
export interface DatasetListReply {
  done: boolean;
  warnings: readonly string[];
  next: string;
  datasets: readonly Dataset[];
}

/** A named dataset, in one of its revisions. */
export interface Dataset {
  name: string;
  revision: number;
  id: number;
  digest: string;
  rows: number;
  author: string;
  created: number;
  source: string;
  description: string;
  sealed: boolean;
}

/** Show a dataset. */
export interface DatasetShow {
  /** as recorded by 2026-06-30 or 2026-06-30T12:00, to its end; UTC unless a zone is named */
  at?: number | null;
  /** the dataset, or one revision of it: train:2 */
  name: string;
}

/** A dataset, the profile of its columns, and what was trained on it and judged by it. */
export interface DatasetShowReply {
  done: boolean;
  warnings: readonly string[];
  next: string;
  dataset: Dataset;
  columns: readonly Column[];
  time_column: string | null;
  start: number | null;
  end: number | null;
  stored: boolean;
  used_by: readonly string[];
  revisions: readonly Revision[];
  seen: Seen;
}

/** A revision of a dataset, and the versions that were trained on it, at most ten. */
export interface Revision {
  dataset: Dataset;
  used_by: readonly string[];
}

/** How often a dataset's rows were used to judge by; the more often, the less a good result tells. */
export interface Seen {
  evaluations: number;
  versions: number;
  people: number;
}

/** Deprecate a version. */
export interface Deprecate {
  /** say what would happen; change nothing */
  dry_run?: boolean;
  /** go ahead without being asked */
  yes?: boolean;
  /** token of the question that was answered */
  confirm?: string;
  /** the version, by number or alias */
  ref: string;
  /** why, in quotes */
  reason?: string;
  /** the version to use instead */
  successor?: string | null;
  /** the day after which it will be retired */
  sunset?: number | null;
}

/** What moved, with every consequence. */
export interface MoveReply {
  done: boolean;
  warnings: readonly string[];
  next: string;
  version: string;
  stage: string;
  was: string;
  line: string;
  champion: string | null;
  champion_before: string | null;
  reason: string;
  seq: number | null;
}

/** Purge candidates. */
export interface Discard {
  /** say what would happen; change nothing */
  dry_run?: boolean;
  /** go ahead without being asked */
  yes?: boolean;
  /** token of the question that was answered */
  confirm?: string;
  /** candidates, e.g. churn:2 churn:4..6 */
  refs: readonly string[];
  /** why, in quotes */
  reason?: string;
}

/** What is gone. */
export interface DiscardReply {
  done: boolean;
  warnings: readonly string[];
  next: string;
  versions: readonly string[];
  aliases: readonly string[];
  freed: number;
}

/** Edit a model or a version. */
export interface Edit {
  /** say what would happen; change nothing */
  dry_run?: boolean;
  /** go ahead without being asked */
  yes?: boolean;
  /** token of the question that was answered */
  confirm?: string;
  /** a model, or a version */
  ref: string;
  /** who answers for the model */
  owner?: string | null;
  /** how much harm a wrong model could do */
  tier?: Tier | null;
  /** what the model is for, in quotes */
  description?: string | null;
  /** what is special about the version, in quotes */
  note?: string | null;
}

export const TIERS = ['minimal', 'limited', 'high'] as const;
/** How much harm a wrong model could do; policies hang on it. */
export type Tier = (typeof TIERS)[number];

/** What changed. */
export interface EditReply {
  done: boolean;
  warnings: readonly string[];
  next: string;
  ref: string;
  changed: readonly string[];
}

/** Judge versions by a dataset. */
export interface Evaluate {
  /** say what would happen; change nothing */
  dry_run?: boolean;
  /** go ahead without being asked */
  yes?: boolean;
  /** token of the question that was answered */
  confirm?: string;
  /** the version, or several: churn:1..3; a bare name is its champion */
  ref: string;
  /** the rows to judge by */
  data: DatasetFacts | string;
  /** the column with the answers */
  target: string;
  /** a column whose values part the rows, or several with commas */
  by?: readonly string[];
  /** a metric's name, a function or scorer of the notebook, or a saved one; those that suit the task unless named */
  metric?: readonly (Scorer | string)[];
  /** the class to find; of two classes the second unless named */
  positive?: string;
  /** the stage for which sealed data is opened */
  for_?: Stage | null;
  /** resamples behind an interval; 0: no intervals */
  replicates?: number;
  /** of the resamples */
  seed?: number;
  /** how often an interval should hold the true value */
  level?: number;
  /** run the code in a version although no key of yours signed it */
  trust?: boolean;
}

export const STAGES = ['candidate', 'staging', 'production', 'deprecated', 'retired', 'archived', 'purged'] as const;
/** Where a version stands: a judgement, not traffic. */
export type Stage = (typeof STAGES)[number];

/** How well each version did. */
export interface EvaluateReply {
  done: boolean;
  warnings: readonly string[];
  next: string;
  dataset: string;
  revision: number;
  rows: number;
  target: string;
  versions: readonly Judged[];
  seen: Seen;
  settings: Settings;
  stage: string;
  notes: readonly string[];
}

/** One version with what was found. */
export interface Judged {
  id: string;
  version: string;
  evidence: Evidence | null;
}

/** All that an evaluation found, as it is kept in a blob of its own. */
export interface Evidence {
  version: string;
  artifact: string;
  dataset: string;
  digest: string;
  rows: number;
  target: string;
  task: string;
  data: string;
  positive: string;
  settings: Settings;
  estimates: readonly Estimate[];
  parts: readonly Part[];
  shared: readonly Shared[];
  scorers: Readonly<Record<string, string>>;
  libraries: Readonly<Record<string, string>>;
  warnings: readonly string[];
  predictions: string;
}

/** How an evaluation was asked for. */
export interface Settings {
  metrics: readonly string[];
  by: readonly string[];
  replicates: number;
  seed: number;
  level: number;
}

/** A metric's value on some rows, and the interval around it. */
export interface Estimate {
  metric: string;
  value: number | null;
  low: number | null;
  high: number | null;
  greater_is_better: boolean;
  reason: string;
}

/** Estimates of one slice of the rows. */
export interface Part {
  column: string;
  label: string;
  kind: string;
  rows: number;
  estimates: readonly Estimate[];
}

/** Rows of the test data that a version was trained on. */
export interface Shared {
  dataset: string;
  rows: number | null;
  share: number;
  is_same: boolean;
}

/** Tell what happened. */
export interface History {
  /** as recorded by 2026-06-30 or 2026-06-30T12:00, to its end; UTC unless a zone is named */
  at?: number | null;
  /** a model or a version; all that happened if none is named */
  ref?: string;
  /** at most so many, the newest ones */
  limit?: number;
}

/** What happened, oldest first. */
export interface HistoryReply {
  done: boolean;
  warnings: readonly string[];
  next: string;
  of: string;
  entries: readonly Entry[];
  more: boolean;
  stays: readonly Stay[];
  until: number;
}

/** One line of the history. */
export interface Entry {
  seq: number;
  recorded: number;
  writer_time: number;
  who: string;
  what: string;
  why: string;
}

/** A version in one stage, or as champion. */
export interface Stay {
  version: string;
  stage: string;
  start: number | null;
  end: number | null;
}

/** Add a job. */
export interface JobAdd {
  /** say what would happen; change nothing */
  dry_run?: boolean;
  /** go ahead without being asked */
  yes?: boolean;
  /** token of the question that was answered */
  confirm?: string;
  /** the notebook's file */
  path: string;
  /** what to call it; as its file unless named */
  name?: string;
  /** the notebook that was read */
  notebook?: string;
  /** where it was read */
  source?: string;
  /** what was replaced in it */
  secrets?: readonly string[];
}

/** The job, and the parameters that its notebook declares. */
export interface JobAddReply {
  done: boolean;
  warnings: readonly string[];
  next: string;
  name: string;
  revision: number;
  parameters: readonly JobParameter[];
  cells: number;
  tagged: boolean;
  registers: boolean;
}

/** A parameter of a notebook, as its cell tagged ``parameters`` declares it. */
export interface JobParameter {
  name: string;
  type: string;
  default: string;
  help: string;
}

/** Cancel a job. */
export interface JobCancel {
  /** say what would happen; change nothing */
  dry_run?: boolean;
  /** go ahead without being asked */
  yes?: boolean;
  /** token of the question that was answered */
  confirm?: string;
  /** the job: 17 or job/17 */
  job: string;
}

/** The job, and whether it has ended by now. */
export interface JobCancelReply {
  done: boolean;
  warnings: readonly string[];
  next: string;
  job: string;
  status: string;
}

/** List jobs. */
export interface JobList {
  /** as recorded by 2026-06-30 or 2026-06-30T12:00, to its end; UTC unless a zone is named */
  at?: number | null;
  /** only those that wait or run, however many are newer */
  open?: boolean;
  /** at most so many, the newest; with --open those that began first */
  limit?: number;
}

/** Jobs, the newest first. */
export interface JobListReply {
  done: boolean;
  warnings: readonly string[];
  next: string;
  jobs: readonly Job[];
  definitions: readonly JobDefinition[];
  more: boolean;
}

/** One execution of a notebook, as the registry holds it. */
export interface Job {
  number: number;
  id: number;
  name: string;
  status: string;
  author: string;
  started: number;
  duration: number | null;
  params: Readonly<Record<string, unknown>>;
  parent: string | null;
  versions: readonly string[];
  notebook: string;
  output: string | null;
  key: string;
  sweep: number;
  ended: number | null;
}

/** A notebook that can be executed by name. */
export interface JobDefinition {
  name: string;
  id: number;
  revision: number;
  notebook: string;
  parameters: readonly JobParameter[];
  source: string;
  author: string;
  created: number;
}

/** Read what a job said. */
export interface JobLogs {
  /** as recorded by 2026-06-30 or 2026-06-30T12:00, to its end; UTC unless a zone is named */
  at?: number | null;
  /** the job: 17 or job/17 */
  job: string;
  /** go on until it has ended */
  follow?: boolean;
  /** lines that were read already */
  after?: number;
  /** the executed notebook too, as it is now */
  notebook?: boolean;
}

/** What was printed and shown, as text. */
export interface JobLogsReply {
  done: boolean;
  warnings: readonly string[];
  next: string;
  job: string;
  status: string;
  lines: readonly string[];
  total: number;
  has_ended: boolean;
  cells: readonly JobCell[];
  content: string;
}

/** A cell of code as it was executed. */
export interface JobCell {
  place: number;
  title: string;
  status: string;
  seconds: number | null;
}

/** Do a job once more. */
export interface JobRerun {
  /** say what would happen; change nothing */
  dry_run?: boolean;
  /** go ahead without being asked */
  yes?: boolean;
  /** token of the question that was answered */
  confirm?: string;
  /** the job: 17 or job/17 */
  job: string;
  /** do not wait: a process of its own sees to it */
  background?: boolean;
}

/** What the jobs came to, the best first. */
export interface RetrainReply {
  done: boolean;
  warnings: readonly string[];
  next: string;
  of: string;
  jobs: readonly Trained[];
  metric: string;
  varied: readonly string[];
  best: string;
  promoted: string;
  elapsed: number;
  cells: number;
  skipped: number;
  parameters: readonly JobParameter[];
}

/** One job of a batch, and what came of it. */
export interface Trained {
  job: string;
  exit: string;
  params: Readonly<Record<string, unknown>>;
  version: string;
  versions: readonly string[];
  value: number | null;
  metrics: Readonly<Record<string, number>>;
  duration: number | null;
  reason: string;
  notebook: string;
}

/** Show a job. */
export interface JobShow {
  /** as recorded by 2026-06-30 or 2026-06-30T12:00, to its end; UTC unless a zone is named */
  at?: number | null;
  /** 17, job/17, or the name of one that was added */
  job: string;
  /** in the panel, as the output of the cell */
  panel?: boolean;
}

/** One job, or one definition. */
export interface JobShowReply {
  done: boolean;
  warnings: readonly string[];
  next: string;
  job: Job | null;
  definition: JobDefinition | null;
  progress: Progress | null;
  elapsed: number | null;
  ended: JobEnded | null;
  notes: readonly string[];
  limits: Limits | null;
  secrets: Readonly<Record<string, string>> | null;
  data: Readonly<Record<string, string>> | null;
  sweep: readonly string[];
  again: string;
  purpose: string;
  verdict: string;
  folder: string;
  source: string;
  notebook: string;
}

/** How far an execution is. */
export interface Progress {
  cells: number;
  done: number;
  cell: number | null;
  source: string;
  last_line: string;
  started: number;
  seen: number;
  supervisor: number;
  supervisor_started: string;
  host: string;
  engine: Engine;
}

export const ENGINES = ['auto', 'direct', 'kernel', 'cold'] as const;
/** In what kind of process the cells run. */
export type Engine = (typeof ENGINES)[number];

/** What a supervisor found out of an execution. */
export interface JobEnded {
  job: number;
  number: number;
  model: string | null;
  exit: string;
  cells: number;
  done: number;
  cell: number | null;
  exception: string;
  message: string;
  traceback: string;
  signal: string;
  exit_code: number | null;
  notebook: string | null;
  began: number;
  ended: number;
  engine: string;
  notes: string;
  peak_memory: number | null;
  retries: number;
}

/** What an execution may take, and where. */
export interface Limits {
  engine: string;
  timeout: number | null;
  memory: number | null;
  retries: number;
}

/** Tell what a version came from. */
export interface Lineage {
  /** as recorded by 2026-06-30 or 2026-06-30T12:00, to its end; UTC unless a zone is named */
  at?: number | null;
  /** the version */
  ref: string;
}

/** The graph around one version; an edge says how it is known. */
export interface LineageReply {
  done: boolean;
  warnings: readonly string[];
  next: string;
  version: string;
  nodes: readonly Node[];
  edges: readonly Edge[];
  drawing: Drawing;
}

/** One thing in the lineage. */
export interface Node {
  id: string;
  kind: string;
  text: string;
}

/** The thing `below` came from, or was made with, the thing `above`. */
export interface Edge {
  below: string;
  above: string;
  standing: Standing;
}

/** A picture of a lineage, in layers of things: what came before on the left, what came of it on the right. */
export interface Drawing {
  layers: number;
  rows: number;
  spots: readonly Spot[];
  ways: readonly Way[];
  more: readonly More[];
}

/** Where one thing stands. */
export interface Spot {
  key: string;
  layer: number;
  row: number;
}

/** The line from a thing to what came of it. */
export interface Way {
  above: string;
  below: string;
  rows: readonly number[];
  standing: Standing | null;
}

/** What stands for those of one kind that found no room beside a thing. */
export interface More {
  key: string;
  beside: string;
  is_above: boolean;
  kind: string;
  count: number;
}

/** List models, versions or runs. */
export interface List {
  /** as recorded by 2026-06-30 or 2026-06-30T12:00, to its end; UTC unless a zone is named */
  at?: number | null;
  /** a model, a range such as churn:1..3, or a query such as "metrics.auc > 0.7 and stage = 'staging'" */
  what?: string;
  /** which of its versions, e.g. 'metrics.auc > 0.7' */
  query?: string;
  /** e.g. "metrics.auc desc" */
  order?: string;
  /** at most so many */
  limit?: number;
  /** the runs, whether or not a version came of them */
  runs?: boolean;
}

/** What was found: models, versions or runs. */
export interface ListReply {
  done: boolean;
  warnings: readonly string[];
  next: string;
  of: string;
  title: string;
  models: readonly Model[];
  versions: readonly ModelVersion[];
  runs: readonly Run[];
  more: boolean;
}

/** A registered model: a named line of versions. */
export interface Model {
  name: string;
  id: number;
  owner: string;
  tier: string;
  description: string;
  created: number;
  versions: number;
  last_number: number;
  champion: number | null;
  retired: boolean;
  tags: Readonly<Record<string, string>>;
}

/** One version of a model, as the registry holds it. */
export interface ModelVersion {
  model: string;
  number: number;
  id: number;
  stage: string;
  successor: string | null;
  sunset: number | null;
  reason: string;
  since: number;
  promoted: boolean;
  run: number;
  parent: number | null;
  job: number | null;
  format: string;
  artifact: string;
  size: number;
  class_name: string;
  library: string;
  author: string;
  created: number;
  note: string;
  aliases: readonly string[];
  tags: Readonly<Record<string, string>>;
  metrics: readonly Measured[];
  params: readonly Parameter[];
}

/** A parameter under a name, and how it is known. */
export interface Parameter {
  key: string;
  value: boolean | number | string | null;
  standing: Standing;
}

/** One execution that trained something, or tried to. */
export interface Run {
  number: number;
  id: number;
  name: string;
  status: string;
  author: string;
  started: number;
  duration: number | null;
  note: string;
  versions: readonly string[];
  metrics: readonly Measured[];
  params: readonly Parameter[];
  tags: Readonly<Record<string, string>>;
  datasets: readonly string[];
  files: readonly RunFile[];
}

/** A file kept with a run. */
export interface RunFile {
  name: string;
  digest: string;
  size: number;
}

/** Load a version. */
export interface Load {
  /** the version, by number or alias; a bare name is its champion; with --file also run/12 */
  ref: string;
  /** not the object, but the bytes of this file that its run kept */
  file?: string;
  /** run the code in it although no key of yours signed it */
  trust?: boolean;
}

/** What to open. */
export interface LoadReply {
  done: boolean;
  warnings: readonly string[];
  next: string;
  version: string;
  stage: string;
  artifact: string;
  format: string;
  blobs: readonly string[];
  trusted: boolean;
  signed_by: string;
}

/** Put together what travels. */
export interface Pack {
  /** a version, a range, or a whole model */
  ref: string;
}

/** The versions with what is known of them, and the blobs to fetch. */
export interface PackReply {
  done: boolean;
  warnings: readonly string[];
  next: string;
  registry: string;
  bundles: readonly Bundle[];
  left: readonly string[];
  elsewhere: readonly string[];
}

/** One version, ready to travel: the evidence, and the blobs that go with it. */
export interface Bundle {
  ref: string;
  evidence: string;
  layers: readonly Layer[];
  place: string;
}

/** One file of an artifact under the path that it has inside. */
export interface Layer {
  path: string;
  digest: string;
  size: number;
  media_type: string;
  url: string;
}

/** Move a version to a stage. */
export interface Promote {
  /** say what would happen; change nothing */
  dry_run?: boolean;
  /** go ahead without being asked */
  yes?: boolean;
  /** token of the question that was answered */
  confirm?: string;
  /** the version, by number or alias */
  ref: string;
  /** the stage; the next one if none is named */
  to?: Stage | null;
  /** why, in quotes */
  reason?: string;
  /** the champion that you saw ('none' where there was none); refused when it is another now */
  champion?: string | null;
  /** in the panel, as the output of the cell */
  panel?: boolean;
}

/** Make a version of a model. */
export interface Register {
  /** say what would happen; change nothing */
  dry_run?: boolean;
  /** go ahead without being asked */
  yes?: boolean;
  /** token of the question that was answered */
  confirm?: string;
  /** the model's name, e.g. churn or ops/churn */
  name: string;
  /** the fitted model, or the path of a file or folder */
  object: Artifact;
  /** what is special about it, in quotes */
  note?: string;
  /** what it was trained on */
  data?: readonly (DatasetFacts | string)[];
  /** a number that you computed, e.g. auc=0.71 */
  metric?: Readonly<Record<string, number>>;
  /** a parameter that the model does not know itself */
  param?: Readonly<Record<string, boolean | number | string | null>>;
  /** e.g. team=ops */
  tag?: Readonly<Record<string, string>>;
  /** a few rows that the model predicts in a fresh process too */
  sample?: DatasetFacts | string | null;
  /** how it is stored; chosen by the object unless named */
  format?: string;
  /** leave the bytes where they lie (a path, or s3://...); record the digest of each file */
  by_reference?: boolean;
  /** do not load it once in a fresh process first */
  no_load_check?: boolean;
  /** what was captured */
  facts?: Facts;
}

/** A model's bytes, stored: the manifest names every blob. */
export interface Artifact {
  format: string;
  digest: string;
  size: number;
  blobs: readonly string[];
  class_name: string;
  library: string;
  place: string;
}

/** What the face captured around the model. */
export interface Facts {
  snapshot: string;
  blobs: readonly string[];
  params: Readonly<Record<string, boolean | number | string | null>>;
  metrics: Readonly<Record<string, number>>;
  curves: Readonly<Record<string, readonly number[]>>;
  signature: Signature;
  load_check: string;
  duration: number | null;
  summary: string;
  findings: readonly string[];
  warnings: readonly string[];
  notes: readonly string[];
  run: number | null;
  logged: readonly string[];
  job: string;
}

/** A model's input and output schema. */
export interface Signature {
  inputs: readonly Feature[];
  outputs: readonly Feature[];
}

/** One input or output of a model: a column's name and logical type, and its shape where it is not a scalar. */
export interface Feature {
  name: string;
  type: string;
  shape: readonly number[];
}

/** The new version, and what was captured with it. */
export interface RegisterReply {
  done: boolean;
  warnings: readonly string[];
  next: string;
  version: string;
  stage: string;
  run: string;
  logged: readonly string[] | null;
  class_name: string;
  format: string;
  size: number;
  place: string;
  params: number;
  summary: string;
  datasets: readonly string[];
  signature: Signature;
  load_check: string;
  findings: readonly string[];
  notes: readonly string[];
  same_bytes_as: string | null;
  seq: number | null;
  job: string;
  parent: string;
}

/** Reproduce a version. */
export interface Reproduce {
  /** say what would happen; change nothing */
  dry_run?: boolean;
  /** go ahead without being asked */
  yes?: boolean;
  /** token of the question that was answered */
  confirm?: string;
  /** the version, by number or alias; a bare name is its champion */
  ref: string;
  /** lock rebuilds its environment, current uses this one; this one where it is the same, else the rebuilt one, unless named */
  env?: Env | null;
  /** how far numbers may be apart, in relation to their size */
  tolerance?: number;
  /** 90s, 30m, 1h30m */
  timeout?: string;
  /** 4GB, 512MB */
  memory?: string;
  /** in what kind of process the cells run */
  engine?: Engine;
  /** do not wait: a process of its own sees to it */
  background?: boolean;
  /** run its notebook although no key of yours signed the version */
  trust?: boolean;
}

export const ENVS = ['lock', 'current'] as const;
/** What somebody wants. */
export type Env = (typeof ENVS)[number];

/** The verdict, and what it rests on. */
export interface ReproduceReply {
  done: boolean;
  warnings: readonly string[];
  next: string;
  version: string;
  verdict: string;
  reason: string;
  job: string;
  exit: string;
  environment: string;
  packages: readonly PackageDifference[];
  tolerance: number;
  artifact: string;
  found: string;
  compared: readonly Compared[];
  leaves: number;
  same: number;
  rows: number;
  unknown: readonly string[];
  notes: readonly string[];
  obstacles: readonly string[];
  cells: number;
  skipped: number;
  elapsed: number;
  notebook: string;
  seq: number | null;
}

/** A package of the environment, then and now; empty where there is none. */
export interface PackageDifference {
  name: string;
  before: string;
  now: string;
}

/** One thing of the version, and the same of what came of it. */
export interface Compared {
  topic: ReproductionsTopic;
  name: string;
  before: string;
  now: string;
  agrees: boolean;
  gap: number | null;
  decides: boolean;
}

export const REPRODUCTIONS_TOPICS = ['data', 'parameter', 'object', 'arrays', 'predictions', 'metric'] as const;
/** What is set against each other, in the order in which one follows from the other. */
export type ReproductionsTopic = (typeof REPRODUCTIONS_TOPICS)[number];

/** Retire a version, or a whole model. */
export interface Retire {
  /** say what would happen; change nothing */
  dry_run?: boolean;
  /** go ahead without being asked */
  yes?: boolean;
  /** token of the question that was answered */
  confirm?: string;
  /** the version, or the name of a whole model */
  ref: string;
  /** why, in quotes */
  reason?: string;
  /** the version to use instead */
  successor?: string | null;
}

/** Execute a notebook again. */
export interface Retrain {
  /** say what would happen; change nothing */
  dry_run?: boolean;
  /** go ahead without being asked */
  yes?: boolean;
  /** token of the question that was answered */
  confirm?: string;
  /** a version, a model, a job that was added, or the path of a notebook */
  ref: string;
  /** a value for a parameter of the notebook: a literal, text, the name of a dataset, env:VARIABLE */
  param?: Readonly<Record<string, unknown>>;
  /** values to try, a job each: "C=[0.1, 0.3, 1]", "seed=range(3)" */
  grid?: Readonly<Record<string, unknown>>;
  /** how many at a time */
  jobs?: number;
  /** what hands them out */
  backend?: Backend;
  /** where dask or ray is: tcp://host:8786, ray://host:10001; this machine unless named */
  cluster?: string;
  /** for each job: it sees so many of its machine, and no other job does */
  gpus?: number;
  /** for each job: 90s, 30m, 1h30m */
  timeout?: string;
  /** for each job: 4GB, 512MB */
  memory?: string;
  /** tries after one that failed and may work the next time */
  retries?: number;
  /** in what kind of process the cells run */
  engine?: Engine;
  /** by which the jobs are sorted: auc, or "score asc"; the first that is reported unless named */
  metric?: string;
  /** promote the best version to this stage */
  promote_best?: Stage | null;
  /** where whoever asks works */
  folder?: string;
  /** a YAML file with values for parameters */
  parameters?: string;
  /** do not wait: a process of its own sees to it */
  background?: boolean;
  /** do it even where the record has the answer */
  force?: boolean;
  /** a folder for copies of the executed notebooks, or a file */
  out?: string;
  /** the notebook that was read */
  notebook?: string;
  /** where it was read */
  source?: string;
  /** what was replaced in it */
  secrets?: readonly string[];
  /** of a schedule, for which it is */
  due?: Due | null;
}

export const BACKENDS = ['loky', 'dask', 'ray'] as const;
/** What hands out the jobs of a batch. */
export type Backend = (typeof BACKENDS)[number];

/** A due time that somebody is about to take up. */
export interface Due {
  schedule: number;
  at: number;
  since: number | null;
  missed: number;
}

/** Return to the champion before. */
export interface Rollback {
  /** say what would happen; change nothing */
  dry_run?: boolean;
  /** go ahead without being asked */
  yes?: boolean;
  /** token of the question that was answered */
  confirm?: string;
  /** the model */
  name: string;
  /** why, in quotes */
  reason?: string;
}

/** Start a run. */
export interface RunAsk {
  /** say what would happen; change nothing */
  dry_run?: boolean;
  /** go ahead without being asked */
  yes?: boolean;
  /** token of the question that was answered */
  confirm?: string;
  /** the model that is trained */
  name: string;
  /** what is tried, in quotes */
  note?: string;
  /** a parameter, e.g. C=1 */
  param?: Readonly<Record<string, boolean | number | string | null>>;
  /** e.g. team=ops */
  tag?: Readonly<Record<string, string>>;
  /** the cell that is the run */
  cell?: string;
  /** where it runs */
  process?: string;
}

/** The run that is open now. */
export interface RunReply {
  done: boolean;
  warnings: readonly string[];
  next: string;
  run: string;
  id: number;
  name: string;
  params: Readonly<Record<string, boolean | number | string | null>>;
}

/** End a run. */
export interface RunEnd {
  /** the id of the run */
  run: number;
  /** it ended by an error */
  failed?: boolean;
  /** how long it took */
  duration?: number | null;
  /** the last values */
  metrics?: readonly Measured[];
  /** its parameters */
  params?: Readonly<Record<string, boolean | number | string | null>>;
  /** files that it keeps */
  files?: readonly RunFile[];
  /** its data */
  data?: readonly (DatasetFacts | string)[];
  /** what surrounded it */
  snapshot?: string;
  /** that the snapshot needs */
  blobs?: readonly string[];
}

/** The run as it ended. */
export interface RunEndReply {
  done: boolean;
  warnings: readonly string[];
  next: string;
  run: string;
  status: string;
  metrics: readonly Measured[];
}

/** Log points of metric series. */
export interface RunLog {
  /** the id of the run */
  run: number;
  /** what was measured */
  points?: readonly Point[];
}

/** One value of a metric at one step. */
export interface Point {
  key: string;
  step: number;
  value: number;
  at: number;
}

/** How many points were kept. */
export interface RunLogReply {
  done: boolean;
  warnings: readonly string[];
  next: string;
  kept: number;
}

/** Add a schedule. */
export interface ScheduleAdd {
  /** say what would happen; change nothing */
  dry_run?: boolean;
  /** go ahead without being asked */
  yes?: boolean;
  /** token of the question that was answered */
  confirm?: string;
  /** a version, a model, a job that was added, or the path of a notebook */
  ref: string;
  /** a value for a parameter of the notebook: a literal, text, the name of a dataset, env:VARIABLE */
  param?: Readonly<Record<string, unknown>>;
  /** values to try, a job each: "C=[0.1, 0.3, 1]", "seed=range(3)" */
  grid?: Readonly<Record<string, unknown>>;
  /** how many at a time */
  jobs?: number;
  /** what hands them out */
  backend?: Backend;
  /** where dask or ray is: tcp://host:8786, ray://host:10001; this machine unless named */
  cluster?: string;
  /** for each job: it sees so many of its machine, and no other job does */
  gpus?: number;
  /** for each job: 90s, 30m, 1h30m */
  timeout?: string;
  /** for each job: 4GB, 512MB */
  memory?: string;
  /** tries after one that failed and may work the next time */
  retries?: number;
  /** in what kind of process the cells run */
  engine?: Engine;
  /** by which the jobs are sorted: auc, or "score asc"; the first that is reported unless named */
  metric?: string;
  /** promote the best version to this stage */
  promote_best?: Stage | null;
  /** where whoever asks works */
  folder?: string;
  /** an interval (1d, 30m), or a cron expression: "0 6 * * 1" is Mondays at 6 */
  every: string;
  /** in which a cron expression is read: Europe/Berlin */
  timezone?: string;
  /** leave out what the record has the answer of: the same code, parameters, data, packages */
  if_changed?: boolean;
}

/** The schedule, and when it is due. */
export interface ScheduleAddReply {
  done: boolean;
  warnings: readonly string[];
  next: string;
  schedule: string;
  of: string;
  every: string;
  timezone: string;
  due: readonly number[];
  jobs: number;
}

/** List schedules. */
export interface ScheduleList {
  /** as recorded by 2026-06-30 or 2026-06-30T12:00, to its end; UTC unless a zone is named */
  at?: number | null;
  /** at most so many, the oldest ones */
  limit?: number;
}

/** Schedules, the oldest first. */
export interface ScheduleListReply {
  done: boolean;
  warnings: readonly string[];
  next: string;
  schedules: readonly Scheduled[];
  now: number;
}

/** A schedule, when it is due, and what came of it last. */
export interface Scheduled {
  schedule: string;
  of: string;
  every: string;
  timezone: string;
  params: Readonly<Record<string, unknown>>;
  due: number | null;
  last: number | null;
  jobs: Readonly<Record<string, string>>;
  refused: string;
  author: string;
}

/** Remove a schedule. */
export interface ScheduleRm {
  /** say what would happen; change nothing */
  dry_run?: boolean;
  /** go ahead without being asked */
  yes?: boolean;
  /** token of the question that was answered */
  confirm?: string;
  /** the schedule: 3 or schedule/3 */
  schedule: string;
}

/** The schedule that is gone. */
export interface ScheduleRmReply {
  done: boolean;
  warnings: readonly string[];
  next: string;
  schedule: string;
  of: string;
  running: readonly string[];
}

/** Record where bytes are now. */
export interface Settle {
  /** say what would happen; change nothing */
  dry_run?: boolean;
  /** go ahead without being asked */
  yes?: boolean;
  /** token of the question that was answered */
  confirm?: string;
  /** the version */
  ref: string;
  /** its bytes, stored here */
  artifact: Artifact;
  /** where they lay */
  source?: string;
}

/** What the version is made of now. */
export interface SettleReply {
  done: boolean;
  warnings: readonly string[];
  next: string;
  version: string;
  artifact: Artifact;
  is_new: boolean;
}

/** Show anything. */
export interface Show {
  /** as recorded by 2026-06-30 or 2026-06-30T12:00, to its end; UTC unless a zone is named */
  at?: number | null;
  /** churn, churn:3, churn@champion, run/12, dataset/flights-spring, evaluation/1 or job/17 */
  ref: string;
  /** draw them: of a version those of its newest evaluation and of its run */
  curves?: boolean;
}

/** One thing, in full. */
export interface ShowReply {
  done: boolean;
  warnings: readonly string[];
  next: string;
  kind: string;
  model: Model | null;
  aliases: readonly (readonly [string, number])[];
  versions: readonly ModelVersion[];
  version: ModelVersion | null;
  details: VersionDetails | null;
  run: Run | null;
  dataset: DatasetShowReply | null;
  evaluation: Evaluation | null;
  evidence: Evidence | null;
  job: JobShowReply | null;
  curves: Readonly<Record<string, Curves>>;
}

/** What the log tells of a version, beyond its row. */
export interface VersionDetails {
  signature: Signature;
  load_check: string;
  snapshot: Snapshot;
  run: Run;
  datasets: readonly Dataset[];
  data_standing: Readonly<Record<string, Standing>>;
  parent: string | null;
  job: string | null;
  key: string;
  evaluations: readonly Evaluation[];
  origin: Origin | null;
  captured: Standing;
  place: string;
  reproductions: readonly Reproduction[];
}

/** What surrounded a model when it was made, as far as it was captured. */
export interface Snapshot {
  notebook: string | null;
  notebook_path: string;
  cells: number;
  lock: string | null;
  packages: number;
  python: string;
  platform: string;
  wheels: Readonly<Record<string, string>>;
  git_commit: string;
  git_branch: string;
  git_remote: string;
  git_dirty: boolean;
  git_diff: string | null;
  user: string;
  host: string;
  secrets: readonly string[];
  findings: readonly string[];
  notes: readonly string[];
  warnings: readonly string[];
  off: readonly string[];
}

/** One version's estimates on one dataset, as the registry holds them. */
export interface Evaluation {
  number: number;
  id: number;
  version: string;
  dataset: string;
  revision: number;
  digest: string;
  target: string;
  task: string;
  rows: number;
  stage: string;
  author: string;
  created: number;
  estimates: readonly Estimate[];
  evidence: string;
  predictions: string;
  standing: Standing;
  whence: Whence | null;
}

/** Where an evaluation was made that came with a copy. */
export interface Whence {
  registry: string;
  ref: string;
  registration: string;
  event: number;
  made: number;
  author: string;
  signer: string;
}

/** Where a version was before. */
export interface Origin {
  registry: string;
  head: number;
  head_hash: string;
  ref: string;
  number: number;
  registration: string;
  event: number;
  registered: number;
  author: string;
  signer: string;
}

/** A verdict, as the record holds it. */
export interface Reproduction {
  id: number;
  verdict: ReproductionsVerdict;
  reason: string;
  environment: string;
  job: string;
  author: string;
  judged: number;
  evidence: string;
}

export const REPRODUCTIONS_VERDICTS = ['identical', 'equivalent', 'diverged', 'not reproducible'] as const;
/** What came of it. */
export type ReproductionsVerdict = (typeof REPRODUCTIONS_VERDICTS)[number];

/** Tag a model or a version. */
export interface Tag {
  /** say what would happen; change nothing */
  dry_run?: boolean;
  /** go ahead without being asked */
  yes?: boolean;
  /** token of the question that was answered */
  confirm?: string;
  /** a model, or a version */
  ref: string;
  /** e.g. team=ops */
  tags?: Readonly<Record<string, string>>;
  /** a tag to take off */
  remove?: readonly string[];
}

/** The tags as they are now. */
export interface TagReply {
  done: boolean;
  warnings: readonly string[];
  next: string;
  ref: string;
  tags: Readonly<Record<string, string>>;
  changed: boolean;
}

/** Take in versions that another tool tells of. */
export interface Take {
  /** say what would happen; change nothing */
  dry_run?: boolean;
  /** go ahead without being asked */
  yes?: boolean;
  /** token of the question that was answered */
  confirm?: string;
  /** the address that they were read from */
  registry: string;
  /** the model that they become versions of */
  model: string;
  /** what is told of each */
  versions?: readonly Told[];
  /** of a model that is new here */
  description?: string;
  /** of a model that is new here */
  tags?: Readonly<Record<string, string>>;
  /** each with what the version that it points to is recognised by */
  aliases?: readonly (readonly [string, string])[];
}

/** A version as another tool tells of it. */
export interface Told {
  ref: string;
  number: number;
  registration: string;
  registered: number;
  artifact: Artifact | null;
  metrics: Readonly<Record<string, number>>;
  series: Readonly<Record<string, readonly (readonly [number, number, number])[]>>;
  params: Readonly<Record<string, boolean | number | string | null>>;
  tags: Readonly<Record<string, string>>;
  note: string;
  snapshot: string;
  duration: number | null;
}

/** What came in. */
export interface TakeReply {
  done: boolean;
  warnings: readonly string[];
  next: string;
  versions: readonly Brought[];
  aliases: readonly string[];
}

/** A version that came in, or was here already. */
export interface Brought {
  ref: string;
  was: string;
  registry: string;
  is_new: boolean;
  is_trusted: boolean;
  skipped: number;
  datasets: readonly string[];
  evaluations: number;
}

/** Take back one's own last act. */
export interface Undo {
  /** say what would happen; change nothing */
  dry_run?: boolean;
  /** go ahead without being asked */
  yes?: boolean;
  /** token of the question that was answered */
  confirm?: string;
  /** why, in quotes */
  reason?: string;
}

/** What was taken back. */
export interface UndoReply {
  done: boolean;
  warnings: readonly string[];
  next: string;
  undone: string;
  seq: number;
}

/** Take in versions that were made elsewhere. */
export interface Unpack {
  /** say what would happen; change nothing */
  dry_run?: boolean;
  /** go ahead without being asked */
  yes?: boolean;
  /** token of the question that was answered */
  confirm?: string;
  /** what is known of each version */
  evidence: readonly string[];
  /** the model that they become versions of; their own unless named */
  name?: string;
}

/** What came in. */
export interface UnpackReply {
  done: boolean;
  warnings: readonly string[];
  next: string;
  versions: readonly Brought[];
}

/** Verify the registry. */
export interface Verify {
  /** only what came after the last verified checkpoint, and that every blob is there */
  quick?: boolean;
}

/** What was looked at, and what was found. */
export interface VerifyReply {
  done: boolean;
  warnings: readonly string[];
  next: string;
  consistent_to: number;
  anchored_to: number;
  events: number;
  signatures: number;
  blobs: number;
  versions: number;
  findings: readonly Finding[];
  writers: string;
  checked: string;
  quick: boolean;
}

/** One thing that is not as it was recorded. */
export interface Finding {
  where: string;
  what: string;
}

/** A registry, as the panel is told of it. */
export interface Known {
  uuid: string;
  shown: string;
  own: boolean;
  kernels: readonly string[];
}

/** How far a registry is; whoever shows it looks again when that changes. */
export interface Tick {
  registry: string;
  seq: number;
  activity: number;
  own: boolean;
}

/** The answer to a request that is carried out elsewhere. */
export interface Begun {
  call: string;
}

/** How far a call is, or how it ended. */
export interface Called {
  state: CallState;
  done: number;
  total: number;
  text: string;
  reply: unknown;
  error: Refused | null;
}

export const CALL_STATES = ['running', 'done', 'refused', 'died'] as const;
/** How a call stands. */
export type CallState = (typeof CALL_STATES)[number];

/** A refusal, as it travels. */
export interface Refused {
  code: string;
  message: string;
  hint: string;
  token: string;
}

export const EXITS = ['succeeded', 'cell failed', 'process died', 'out of memory', 'timed out', 'cancelled', 'lost', 'cached'] as const;
/** Why an execution is over. */
export type Exit = (typeof EXITS)[number];

export const TASKS = ['binary', 'multiclass', 'regression'] as const;
/** Which kind of question a model answers. */
export type Task = (typeof TASKS)[number];

/** where a version may go from each stage */
export const MOVES: Readonly<Record<Stage, readonly Stage[]>> = {
  candidate: ['staging', 'production', 'retired', 'purged'],
  staging: ['candidate', 'production', 'retired'],
  production: ['deprecated'],
  deprecated: ['production', 'retired'],
  retired: ['deprecated', 'archived'],
  archived: ['retired', 'purged'],
  purged: [],
};

/** what a promotion may lead to */
export const PROMOTABLE: readonly Stage[] = ['candidate', 'staging', 'production'];

/** the request and the reply of every verb that a server answers */
export interface Verbs {
  'admin doctor': [AdminDoctor, AdminDoctorReply];
  'admin gc': [AdminGc, AdminGcReply];
  'admin rebuild': [AdminRebuild, AdminRebuildReply];
  'admin upgrade': [AdminUpgrade, AdminUpgradeReply];
  'admin usage': [AdminUsage, AdminUsageReply];
  'alias': [Alias, AliasReply];
  'compare': [Compare, CompareReply];
  'dataset add': [DatasetAdd, DatasetAddReply];
  'dataset list': [DatasetList, DatasetListReply];
  'dataset show': [DatasetShow, DatasetShowReply];
  'deprecate': [Deprecate, MoveReply];
  'discard': [Discard, DiscardReply];
  'edit': [Edit, EditReply];
  'evaluate': [Evaluate, EvaluateReply];
  'history': [History, HistoryReply];
  'job add': [JobAdd, JobAddReply];
  'job cancel': [JobCancel, JobCancelReply];
  'job list': [JobList, JobListReply];
  'job logs': [JobLogs, JobLogsReply];
  'job rerun': [JobRerun, RetrainReply];
  'job show': [JobShow, JobShowReply];
  'lineage': [Lineage, LineageReply];
  'list': [List, ListReply];
  'load': [Load, LoadReply];
  'pack': [Pack, PackReply];
  'promote': [Promote, MoveReply];
  'register': [Register, RegisterReply];
  'reproduce': [Reproduce, ReproduceReply];
  'retire': [Retire, MoveReply];
  'retrain': [Retrain, RetrainReply];
  'rollback': [Rollback, MoveReply];
  'run': [RunAsk, RunReply];
  'run-end': [RunEnd, RunEndReply];
  'run-log': [RunLog, RunLogReply];
  'schedule add': [ScheduleAdd, ScheduleAddReply];
  'schedule list': [ScheduleList, ScheduleListReply];
  'schedule rm': [ScheduleRm, ScheduleRmReply];
  'settle': [Settle, SettleReply];
  'show': [Show, ShowReply];
  'tag': [Tag, TagReply];
  'take': [Take, TakeReply];
  'undo': [Undo, UndoReply];
  'unpack': [Unpack, UnpackReply];
  'verify': [Verify, VerifyReply];
}

/** where each verb is answered, under /jupyter-mlc/v1/ */
export const ROUTES: Readonly<Record<keyof Verbs, string>> = {
  'admin doctor': 'admin-doctor',
  'admin gc': 'admin-gc',
  'admin rebuild': 'admin-rebuild',
  'admin upgrade': 'admin-upgrade',
  'admin usage': 'admin-usage',
  'alias': 'alias',
  'compare': 'compare',
  'dataset add': 'kernel/dataset-add',
  'dataset list': 'dataset-list',
  'dataset show': 'dataset-show',
  'deprecate': 'deprecate',
  'discard': 'discard',
  'edit': 'edit',
  'evaluate': 'evaluate',
  'history': 'history',
  'job add': 'job-add',
  'job cancel': 'job-cancel',
  'job list': 'job-list',
  'job logs': 'job-logs',
  'job rerun': 'job-rerun',
  'job show': 'job-show',
  'lineage': 'lineage',
  'list': 'list',
  'load': 'kernel/load',
  'pack': 'pack',
  'promote': 'promote',
  'register': 'kernel/register',
  'reproduce': 'reproduce',
  'retire': 'retire',
  'retrain': 'retrain',
  'rollback': 'rollback',
  'run': 'kernel/run',
  'run-end': 'kernel/run-end',
  'run-log': 'kernel/run-log',
  'schedule add': 'schedule-add',
  'schedule list': 'schedule-list',
  'schedule rm': 'schedule-rm',
  'settle': 'kernel/settle',
  'show': 'show',
  'tag': 'tag',
  'take': 'kernel/take',
  'undo': 'undo',
  'unpack': 'kernel/unpack',
  'verify': 'verify',
};
