import { expect, test } from 'vitest';

import { carried, read } from './carried';

test('numbers that JSON cannot carry come as what they are', () => {
  const told = read('{"metrics":[{"$number":"nan"},{"$number":"-inf"},0.5],"tags":{"$$number":"7","team":"ops"}}');
  expect(told).toEqual({ metrics: [NaN, -Infinity, 0.5], tags: { $number: '7', team: 'ops' } });
});

test('what is sent is read as it was', () => {
  const sent = { plain: [1, 'two', null, true], odd: { $number: 'seven', deep: [{ loss: Infinity }] } };
  expect(read(JSON.stringify(carried(sent)))).toEqual(sent);
});
