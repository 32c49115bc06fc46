// @vitest-environment happy-dom
import React, { act } from 'react';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';

import { Refusal } from '../registry/asking';
import { IDesk } from '../registry/desk';
import { aPage } from '../testing/page';
import { Form } from './form';
import { IWanted } from './wanted';

const WORDS = { __: (text: string) => text, _n: (one: string) => one };
const WANTED: IWanted<'tag'> = {
  verb: 'tag',
  title: 'Tags of churn',
  accept: 'Save',
  fields: [{ name: 'team', label: 'Team', kind: 'text', value: 'ops' }],
  ask: ({ team }) => ({ ref: 'churn', tags: { team } }),
  told: reply => [`team is ${reply.tags['team']}`]
};
const page = aPage();

beforeEach(() => {
  vi.useFakeTimers();
});

afterEach(() => {
  vi.useRealTimers();
});

async function tried(call: (verb: string, ask: unknown) => Promise<unknown>): Promise<unknown[]> {
  const replies: unknown[] = [];
  const desk = { call, trans: WORDS } as unknown as IDesk;
  const told = (_: unknown, reply: unknown): void => void replies.push(reply);
  act(() => page.root.render(<Form desk={desk} wanted={WANTED} onEdited={() => undefined} onTried={told} />));
  await act(() => vi.advanceTimersByTimeAsync(1000));
  return replies;
}

test('a form tries what it says, and shows what would happen', async () => {
  const asks: unknown[] = [];
  await tried((verb, ask) => {
    asks.push([verb, ask]);
    return Promise.resolve({ tags: { team: 'ops' }, warnings: [] });
  });
  expect(asks).toEqual([['tag', { ref: 'churn', tags: { team: 'ops' }, dry_run: true }]]);
  expect(page.box.textContent).toContain('team is ops');
});

test('what is refused says why, and what to do next', async () => {
  const replies = await tried(() => Promise.reject(new Refusal('there is no model churn', 'see %mlc list')));
  expect(replies).toEqual([null]);
  expect(page.box.querySelector('[role=alert]')?.textContent).toContain('there is no model churn');
  expect(page.box.textContent).toContain('see %mlc list');
});
