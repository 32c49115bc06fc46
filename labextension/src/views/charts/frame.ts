/** What all charts share: in the colours of the theme, with one legend of the versions. */

export type Spec = Readonly<Record<string, unknown>>;

/** A row of what is drawn of a version. */
export type Row = Readonly<Record<string, number | string | null>>;

export interface IChart {
  title: string;
  /** The columns that a table of it shows. */
  columns: readonly string[];
  rows: readonly Row[];
  layers: readonly Spec[];
}

/** The theme's colours, which a picture cannot look up by itself. */
export interface IInk {
  text: string;
  line: string;
}

const SCHEMA = 'https://vega.github.io/schema/vega-lite/v5.json';
/** Told apart also by whoever does not see all colours (after Okabe and Ito), on white and on black. */
const COLOURS = ['#0072b2', '#d55e00', '#009e73', '#b0669a', '#8a6d00', '#7d63c4'];
const DASHES = [
  [1, 0],
  [6, 3],
  [2, 2],
  [8, 3, 2, 3],
  [4, 4],
  [10, 4]
];
const GREY = '#7a7a7a';
const WIDTH = 290;
const HEIGHT = 230;
const COLUMNS = 2;
const DETAIL = { field: 'version', type: 'nominal' };

/** All charts as one picture; no colour stands alone. */
export function together(charts: readonly IChart[], versions: readonly string[], ink: IInk): Spec {
  const shared = { color: 'shared', strokeDash: 'shared' };
  return {
    $schema: SCHEMA,
    background: 'transparent',
    columns: COLUMNS,
    concat: charts.map(({ title, layers }) => ({
      title,
      width: WIDTH,
      height: HEIGHT,
      layer: layers.map(layer => told(layer, versions))
    })),
    resolve: { scale: shared, legend: shared },
    config: {
      axis: {
        domainColor: ink.line,
        gridColor: ink.line,
        gridOpacity: 0.25,
        labelColor: ink.text,
        tickColor: ink.line,
        titleColor: ink.text,
        titleFontWeight: 'normal'
      },
      legend: { labelColor: ink.text, orient: 'top' },
      title: { anchor: 'start', color: ink.text },
      view: { stroke: null }
    }
  };
}

/** Give a layer that draws versions their colours, and its lines their dashes. */
function told(layer: Spec, versions: readonly string[]): Spec {
  const encoding = (layer['encoding'] ?? {}) as Spec;
  if (encoding['detail'] !== DETAIL) {
    return layer;
  }
  const legend = { title: null, symbolType: 'stroke', symbolOpacity: 1, symbolSize: 300, symbolStrokeWidth: 2 };
  const by = (range: readonly unknown[]): Spec => ({
    ...DETAIL,
    scale: { domain: versions, range: versions.map((_, at) => range[at % range.length]) },
    legend
  });
  const isLine = (layer['mark'] as { type?: string }).type === 'line';
  const dashes = isLine ? { strokeDash: by(DASHES) } : {};
  return { ...layer, encoding: { ...encoding, color: by(COLOURS), ...dashes } };
}

/** A number along an axis. */
export function axis(field: string, title: string, scale: Spec = { zero: false }): Spec {
  return { field, type: 'quantitative', title, scale };
}

export const SHARE: Spec = { domain: [0, 1] };

/** One line a version through its rows in their order. */
export function lines(rows: readonly Row[], x: Spec, y: Spec, more: Spec = {}): Spec {
  const fields = ['version', String(x['field']), String(y['field'])];
  const tooltip = fields.map(field => ({ field, type: field === 'version' ? 'nominal' : 'quantitative' }));
  return {
    data: { values: rows },
    mark: { type: 'line', point: { filled: true, size: 30, opacity: 0 }, ...more },
    encoding: { x, y, order: { field: 'place', type: 'quantitative' }, detail: DETAIL, tooltip }
  };
}

/** From one value up to another, a version each: as a band, or as rules. */
export function between(rows: readonly Row[], x: Spec, title: string, mark: Spec): Spec {
  return {
    data: { values: rows },
    mark,
    encoding: { x, y: axis('low', title), y2: { field: 'high' }, detail: DETAIL }
  };
}

export function points(rows: readonly Row[], x: Spec, y: Spec): Spec {
  return {
    data: { values: rows },
    mark: { type: 'point', filled: true, size: 10, opacity: 0.35 },
    encoding: { x, y, detail: DETAIL }
  };
}

/** A thin line that helps the eye: what guessing would give, or what would be perfect. */
export function guide(from: readonly [number, number], to: readonly [number, number]): Spec {
  return {
    data: { values: [from, to].map(([x, y]) => ({ x, y })) },
    mark: { type: 'line', color: GREY, strokeDash: [3, 3], strokeWidth: 1 },
    encoding: { x: { field: 'x', type: 'quantitative' }, y: { field: 'y', type: 'quantitative' } }
  };
}

/** The rows of a version: a value of each column at each place. */
export function rows(
  version: string,
  columns: Readonly<Record<string, readonly (number | null)[]>>
): readonly Row[] {
  const names = Object.keys(columns);
  const count = Math.max(0, ...names.map(name => columns[name].length));
  return Array.from({ length: count }, (_, place) => ({
    version,
    place,
    ...Object.fromEntries(names.map(name => [name, columns[name][place] ?? null]))
  }));
}
