import { expect, test } from 'vitest';

import { Curves } from '../../wire';
import { together } from './frame';
import { sheet } from './sheet';

const WORDS = { __: (text: string, ...filled: unknown[]) => text.replace('%1', String(filled[0])), _n: String };
const INK = { text: 'black', line: 'grey' };
const NONE: Curves = { roc: [], precision_recall: [], calibration: [], residuals: null, learning: [] };

function roc(...rates: number[]): Curves {
  const one = { positive: 'late', false_positive_rate: rates, true_positive_rate: rates, thresholds: [], area: 0.5 };
  return { ...NONE, roc: [one] };
}

test('versions without curves have no charts', () => {
  expect(sheet({ 'churn:1': NONE }, WORDS)).toEqual([]);
});

test('curves of one class stand in one chart, a row a point', () => {
  const [chart, ...others] = sheet({ 'churn:1': roc(0, 1), 'churn:2': roc(0, 0.5, 1) }, WORDS);
  expect(others).toEqual([]);
  expect(chart.title).toBe('ROC curve: late');
  expect(chart.rows).toHaveLength(5);
  expect(chart.rows[4]).toEqual({ version: 'churn:2', place: 2, false_positive_rate: 1, true_positive_rate: 1 });
});

test('no colour stands alone: versions have dashes of their own', () => {
  const names = ['churn:1', 'churn:2'];
  const picture = together(sheet({ 'churn:1': roc(0, 1), 'churn:2': roc(0, 1) }, WORDS), names, INK);
  const [{ layer }] = picture['concat'] as { layer: { encoding: Record<string, { scale: { range: unknown[] } }> }[] }[];
  const { color, strokeDash } = layer[1].encoding;
  expect(new Set(color.scale.range).size).toBe(2);
  expect(new Set(strokeDash.scale.range.map(String)).size).toBe(2);
});

test('learning is drawn a metric each', () => {
  const learning = [['loss', { steps: [1, 2], values: [0.9, 0.5], left_out: 0 }]] as Curves['learning'];
  expect(sheet({ 'churn:1': { ...NONE, learning } }, WORDS).map(chart => chart.title)).toEqual(['Learning: loss']);
});
