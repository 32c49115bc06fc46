import { expect, test } from 'vitest';

import { Drawing } from '../../wire';
import { CARD, corner, extent, HEAD, lines, STEM } from './geometry';

/** A run with much around it, the version that came of it, and what came of that. */
const DRAWING: Drawing = {
  layers: 4,
  rows: 6,
  spots: [
    { key: 'churn:1', layer: 2, row: 2.5 },
    { key: 'run/1', layer: 1, row: 2 },
    { key: 'churn:0', layer: 1, row: 3 },
    ...[0, 1, 2, 3, 4, 5].map(row => ({ key: `dataset/${row}`, layer: 0, row })),
    { key: 'evaluation/1', layer: 3, row: 2.5 }
  ],
  ways: [
    { above: 'run/1', below: 'churn:1', rows: [], standing: 'observed' },
    { above: 'dataset/0', below: 'churn:1', rows: [1], standing: 'claimed' },
    ...[1, 2, 3, 4, 5].map(row => ({ above: `dataset/${row}`, below: 'run/1', rows: [], standing: null })),
    { above: 'churn:1', below: 'evaluation/1', rows: [], standing: 'computed' }
  ],
  more: []
};

test('no card lies on another, and all lie inside', () => {
  const corners = DRAWING.spots.map(spot => corner(spot.layer, spot.row));
  const size = extent(DRAWING);
  corners.forEach(({ x, y }, at) => {
    expect(Math.min(x, y)).toBeGreaterThanOrEqual(0);
    expect(x + CARD.wide).toBeLessThanOrEqual(size.x);
    expect(y + CARD.high).toBeLessThanOrEqual(size.y);
    corners.slice(at + 1).forEach(other => {
      expect(Math.abs(other.x - x) >= CARD.wide || Math.abs(other.y - y) >= CARD.high).toBe(true);
    });
  });
});

test('every line leads to the right, and ends at what came of it', () => {
  for (const [at, { path, tip }] of lines(DRAWING, 'churn:1').entries()) {
    const below = DRAWING.spots.find(spot => spot.key === DRAWING.ways[at].below);
    const end = corner(below?.layer ?? -1, below?.row ?? -1);
    expect(tip).toEqual({ x: end.x, y: end.y + CARD.high / 2 });
    const across = [...path.matchAll(/[MH]([\d.]+)/g)].map(([, x]) => Number(x));
    expect(across).toEqual([...across].sort((one, other) => one - other));
    expect(across[across.length - 1]).toBe(end.x);
  }
});

test('a label has the straight end of its line for itself, away from the middle', () => {
  const [run, , ...others] = lines(DRAWING, 'churn:1');
  const judged = others[others.length - 1];
  expect(run.label.x).toBe(corner(1, 0).x + CARD.wide);
  expect(run.path.startsWith(`M${run.label.x} ${run.label.y}H${run.label.x + STEM}`)).toBe(true);
  expect(judged.label.x + STEM + HEAD.long).toBeCloseTo(corner(3, 0).x);
  expect(judged.path.endsWith(`H${corner(3, 0).x}`)).toBe(true);
});

test('a line goes straight through a layer that it passes', () => {
  const passing = lines(DRAWING, 'churn:1')[1];
  const { x, y } = corner(1, 1);
  expect(passing.path).toContain(`H${x}H${x + CARD.wide + STEM}C`);
  expect(passing.path).toContain(` ${y + CARD.high / 2}H${x}`);
});
