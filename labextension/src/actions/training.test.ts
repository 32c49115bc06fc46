import { expect, test } from 'vitest';

import { YES } from './input';
import { asked, severalOf, valueOf } from './training';

const DEPTH = { name: 'depth', type: 'int', default: '4', help: '' };
const MODEL = { name: 'model', type: 'str', default: "'late'", help: '' };

test('what is left empty is left as the notebook has it', () => {
  expect(asked({}, [DEPTH, MODEL])).toMatchObject({ param: {}, grid: {}, jobs: 1, force: false });
});

test('values are given as their parameters want them', () => {
  const values = { 'param.depth': '8', 'param.model': '8', jobs: '2', timeout: '30m' };
  expect(asked(values, [DEPTH, MODEL])).toMatchObject({ param: { depth: 8, model: '8' }, jobs: 2, timeout: '30m' });
});

test('several values are a grid', () => {
  const values = { 'param.depth': '4, 8', 'several.depth': YES };
  expect(asked(values, [DEPTH])).toMatchObject({ param: {}, grid: { depth: [4, 8] } });
});

test('values are read as Python writes them', () => {
  expect(valueOf('True', 'bool')).toBe(true);
  expect(valueOf('None', '')).toBe(null);
  expect(valueOf('1e-3', 'float')).toBe(0.001);
  expect(valueOf('[9, 10]', 'list')).toEqual([9, 10]);
  expect(valueOf('flights-autumn', '')).toBe('flights-autumn');
  expect(valueOf("'late'", 'str')).toBe('late');
});

test('several values stand between commas, in brackets or without; a range is the registry to read', () => {
  expect(severalOf('[0.1, 1]', 'float')).toEqual([0.1, 1]);
  expect(severalOf('JFK, LGA', 'str')).toEqual(['JFK', 'LGA']);
  expect(severalOf('[1, 2], [3]', 'list')).toEqual([[1, 2], [3]]);
  expect(severalOf('range(3)', 'int')).toBe('range(3)');
});
