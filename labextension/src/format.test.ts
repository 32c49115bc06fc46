import { expect, test } from 'vitest';

import { bytes, duration, short, value } from './format';

test('sizes are told in the unit that suits them', () => {
  expect([0, 1023, 1536, 20_480, 5 * 2 ** 30].map(bytes)).toEqual(['0 B', '1023 B', '1.5 KiB', '20 KiB', '5.0 GiB']);
});

test('spans of time are told in seconds, and from a minute on in minutes', () => {
  expect(duration(1_230_000)).toBe('1.23 s');
  expect(duration(90_000_000)).toBe('1 min 30 s');
});

test('numbers are told as exactly as one reads them, and nothing as nothing', () => {
  expect([0.123456, 3, 'auto', true, null, undefined].map(value)).toEqual(['0.1235', '3', 'auto', 'true', '', '']);
});

test('a digest is told by its beginning', () => {
  expect(short(`sha256:${'ab'.repeat(32)}`)).toBe('sha256:abababababab');
});
