import { Curves, Residuals } from '../../wire';
import { IWords } from '../../registry/asking';
import { axis, between, guide, IChart, lines, points, Row, rows, SHARE } from './frame';

/** Lines that can be told apart, and metrics whose learning is drawn. */
export const MOST = 6;

type Named<T> = readonly (readonly [string, T])[];

/** Every chart that can be drawn of versions; none where nothing can. */
export function sheet(curves: Readonly<Record<string, Curves>>, trans: IWords): readonly IChart[] {
  const shown: Named<Curves> = Object.entries(curves).slice(0, MOST);
  const residuals = shown.flatMap(([name, one]) => (one.residuals ? [[name, one.residuals] as const] : []));
  return [
    ...grouped(shown, one => one.roc, byClass).map(named => roc(named, trans)),
    ...grouped(shown, one => one.precision_recall, byClass).map(named => precisionRecall(named, trans)),
    ...grouped(shown, one => one.calibration, byClass).map(named => calibration(named, trans)),
    ...(residuals.length ? [byPrediction(residuals, trans), spread(residuals, trans)] : []),
    ...grouped(shown, one => one.learning, ([metric]) => metric)
      .slice(0, MOST)
      .map(named => learning(named, trans))
  ];
}

function byClass(curve: { positive: string }): string {
  return curve.positive;
}

/** One group a class or metric, of all versions that have a curve of it. */
function grouped<T>(
  shown: Named<Curves>,
  of: (curves: Curves) => readonly T[],
  by: (curve: T) => string
): readonly Named<T>[] {
  const groups = new Map<string, [string, T][]>();
  for (const [name, curves] of shown) {
    for (const curve of of(curves)) {
      groups.set(by(curve), [...(groups.get(by(curve)) ?? []), [name, curve]]);
    }
  }
  return [...groups.values()];
}

function all<T>(named: Named<T>, each: (version: string, curve: T) => readonly Row[]): readonly Row[] {
  return named.flatMap(([version, curve]) => each(version, curve));
}

type Of<K extends 'roc' | 'precision_recall' | 'calibration'> = Named<Curves[K][number]>;

function roc(named: Of<'roc'>, trans: IWords): IChart {
  const drawn = all(named, (version, one) =>
    rows(version, { false_positive_rate: one.false_positive_rate, true_positive_rate: one.true_positive_rate })
  );
  const x = axis('false_positive_rate', trans.__('false positive rate'), SHARE);
  const y = axis('true_positive_rate', trans.__('true positive rate'), SHARE);
  return {
    title: trans.__('ROC curve: %1', named[0][1].positive),
    columns: ['version', 'false_positive_rate', 'true_positive_rate'],
    rows: drawn,
    layers: [guide([0, 0], [1, 1]), lines(drawn, x, y)]
  };
}

function precisionRecall(named: Of<'precision_recall'>, trans: IWords): IChart {
  const drawn = all(named, (version, one) => rows(version, { recall: one.recall, precision: one.precision }));
  const share = named[0][1].prevalence;
  const [x, y] = [axis('recall', trans.__('recall'), SHARE), axis('precision', trans.__('precision'), SHARE)];
  return {
    title: trans.__('Precision and recall: %1', named[0][1].positive),
    columns: ['version', 'recall', 'precision'],
    rows: drawn,
    layers: [guide([0, share], [1, share]), lines(drawn, x, y)]
  };
}

function calibration(named: Of<'calibration'>, trans: IWords): IChart {
  const drawn = all(named, (version, { bins }) =>
    rows(version, {
      predicted: bins.map(bin => bin.predicted),
      observed: bins.map(bin => bin.observed),
      low: bins.map(bin => bin.low),
      high: bins.map(bin => bin.high),
      rows: bins.map(bin => bin.rows)
    })
  );
  const x = axis('predicted', trans.__('predicted probability'), SHARE);
  const came = trans.__('share that came true');
  return {
    title: trans.__('Calibration: %1', named[0][1].positive),
    columns: ['version', 'predicted', 'observed', 'low', 'high', 'rows'],
    rows: drawn,
    layers: [
      guide([0, 0], [1, 1]),
      between(drawn, x, came, { type: 'rule', opacity: 0.6 }),
      lines(drawn, x, axis('observed', came, SHARE), { point: { filled: true, size: 30 } })
    ]
  };
}

/** Of all rows the median as a line and the middle nine tenths as a band, of some the points. */
function byPrediction(named: Named<Residuals>, trans: IWords): IChart {
  const scattered = all(named, (version, one) => rows(version, { predicted: one.predicted, residual: one.residual }));
  const bins = all(named, (version, { bins }) =>
    rows(version, {
      predicted: bins.map(bin => bin.predicted),
      low: bins.map(bin => bin.quantiles[0]),
      median: bins.map(bin => bin.quantiles[Math.floor(bin.quantiles.length / 2)]),
      high: bins.map(bin => bin.quantiles[bin.quantiles.length - 1]),
      rows: bins.map(bin => bin.rows)
    })
  );
  const x = axis('predicted', trans.__('predicted value'));
  const residual = trans.__('residual (target less prediction)');
  return {
    title: trans.__('Residuals: median and the middle 90 %'),
    columns: ['version', 'predicted', 'low', 'median', 'high', 'rows'],
    rows: bins,
    layers: [
      between(bins, x, residual, { type: 'area', opacity: 0.18 }),
      points(scattered, x, axis('residual', residual)),
      lines(bins, x, axis('median', residual), { point: { filled: true, size: 30 } })
    ]
  };
}

/** The outline of a histogram: bars of versions have other widths, so that their areas are what compares. */
function spread(named: Named<Residuals>, trans: IWords): IChart {
  const drawn = all(named, (version, { counts, edges }) => {
    const total = counts.reduce((sum, count) => sum + count, 0);
    const density = counts.map((count, at) => count / total / (edges[at + 1] - edges[at]));
    return rows(version, { residual: edges, density: [...density, 0] });
  });
  const x = axis('residual', trans.__('residual (target less prediction)'));
  const y = axis('density', trans.__('share of the rows, by unit'), { zero: true });
  return {
    title: trans.__('How large residuals are'),
    columns: ['version', 'residual', 'density'],
    rows: drawn,
    layers: [lines(drawn, x, y, { interpolate: 'step-after' })]
  };
}

function learning(named: Named<Curves['learning'][number]>, trans: IWords): IChart {
  const drawn = all(named, (version, [, one]) => rows(version, { step: one.steps, value: one.values }));
  const metric = named[0][1][0];
  return {
    title: trans.__('Learning: %1', metric),
    columns: ['version', 'step', 'value'],
    rows: drawn,
    layers: [lines(drawn, axis('step', trans.__('step')), axis('value', metric))]
  };
}
