import { expect, test, vi } from 'vitest';

import { Refusal } from './asking';
import { english } from '../widget/english';
import { followed } from './calls';

const HOW = { done: 0, total: 0, text: '', reply: null, error: null };

/** A server that tells these one after the other. */
function server(...told: object[]): ReturnType<typeof vi.fn> {
  return vi.fn((_: string, method: string) => Promise.resolve(method === 'GET' ? { ...HOW, ...told.shift() } : null));
}

test('a call is followed until it is done', async () => {
  const going = server({ state: 'running', done: 1, total: 2, text: 'predicting' }, { state: 'done', reply: { x: 1 } });
  const told: unknown[] = [];
  expect(await followed('a', going, english, (...how) => told.push(how))).toEqual({ x: 1 });
  expect(told).toEqual([[1, 2, 'predicting']]);
});

test('what was refused is a refusal, with its question', async () => {
  const error = { code: 'needs_confirmation', message: 'really?', hint: '', token: 't' };
  const refused = await followed('a', server({ state: 'refused', error }), english).catch(error => error);
  expect(refused).toBeInstanceOf(Refusal);
  expect([refused.message, refused.token]).toEqual(['really?', 't']);
});

test('a call that nobody wants any more is ended', async () => {
  const going = server();
  const signal = AbortSignal.abort();
  await expect(followed('a', going, english, undefined, signal)).rejects.toThrow('It was cancelled.');
  expect(going).toHaveBeenCalledWith('a', 'DELETE');
});
