import { expect, test } from 'vitest';

import { cellChanges, lineChanges } from './alignment';

function cell(source: string, id = ''): { id: string; source: string } {
  return { id, source };
}

test('equal notebooks have no changes', () => {
  const cells = [cell('import pandas', 'a'), cell('x = 1', 'b')];
  expect(cellChanges(cells, cells)).toEqual([]);
});

test('a cell that was edited keeps its id, and shows its lines', () => {
  const [change] = cellChanges([cell('x = 1\ny = 2', 'a')], [cell('x = 1\ny = 3', 'a')]);
  expect(change).toMatchObject({ change: 'changed', before: 1, after: 1, title: 'x = 1' });
  expect(change.lines).toEqual([' x = 1', '-y = 2', '+y = 3']);
});

test('cells that came and went stand where they stand', () => {
  const before = [cell('load()'), cell('clean()'), cell('fit()')];
  const after = [cell('load()'), cell('fit()'), cell('score()')];
  expect(cellChanges(before, after).map(({ change, title }) => [change, title])).toEqual([
    ['removed', 'clean()'],
    ['added', 'score()']
  ]);
});

test('of cells that changed places the fewest have moved', () => {
  const before = ['a', 'b', 'c', 'd'].map(name => cell(`${name} = 1`, name));
  const after = ['b', 'c', 'd', 'a'].map(name => cell(`${name} = 1`, name));
  expect(cellChanges(before, after).map(({ change, title }) => [change, title])).toEqual([['moved', 'a = 1']]);
});

test('without ids, cells that are alike are the same cell', () => {
  const changes = cellChanges([cell('a = 1\nb = 2\nc = 3')], [cell('a = 1\nb = 2\nc = 4')]);
  expect(changes.map(({ change }) => change)).toEqual(['changed']);
});

test('lines far from a change are left out', () => {
  const lines = Array.from({ length: 12 }, (_, at) => `line ${at}`);
  const now = [...lines];
  now[0] = 'first';
  now[11] = 'last';
  const told = lineChanges(lines.join('\n'), now.join('\n'));
  expect(told.filter(line => line === '...')).toHaveLength(1);
  expect(told[0]).toBe('-line 0');
  expect(told[told.length - 1]).toBe('+last');
});
