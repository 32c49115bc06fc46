import { expect, test } from 'vitest';

import { begun, here, stepped, titleOf, went } from './places';

const models = { refs: [] };
const churn = { refs: ['churn'] };
const version = { refs: ['churn:3'] };

test('one goes back and forth along the way one came, and no further', () => {
  const visited = went(went(begun(models), churn), version);
  expect(here(stepped(visited, -1))).toBe(churn);
  expect(here(stepped(visited, -9))).toBe(models);
  expect(here(stepped(stepped(visited, -1), 1))).toBe(version);
  expect(here(stepped(visited, 1))).toBe(version);
});

test('what one went back from is forgotten where one goes on', () => {
  const visited = went(stepped(went(begun(models), churn), -1), version);
  expect(visited.places.map(titleOf)).toEqual(['', 'churn:3']);
});

test('going where one is already is no step', () => {
  expect(went(begun(churn), { refs: ['churn'] }).places).toHaveLength(1);
});
