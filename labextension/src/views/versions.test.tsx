// @vitest-environment happy-dom
import React, { act } from 'react';
import { beforeEach, expect, test } from 'vitest';

import { Answer, Ask, Verb } from '../registry/asking';
import { IDesk } from '../registry/desk';
import { aPage } from '../testing/page';
import { Changed } from '../widget/changed';
import { english } from '../widget/english';
import { WithDesk } from './deskcontext';
import { Versions } from './versions';

const page = aPage();
let changed: Changed;
/** The newest event of the model. */
let seq: number;
let asked: Verb[];
let isBroken: boolean;

beforeEach(async () => {
  changed = new Changed();
  seq = 1;
  asked = [];
  isBroken = false;
});

async function call<V extends Verb>(verb: V, ask: Ask<V>): Promise<Answer<V>> {
  asked.push(verb);
  if (verb === 'list' && isBroken) {
    throw new Error('the registry is away');
  }
  const reply = verb === 'list' ? { versions: [], more: false } : { entries: [{ seq }] };
  return reply as unknown as Answer<V>;
}

async function shown(): Promise<void> {
  const desk = { call, trans: english, changed, registry: () => 'here', columns: () => [] } as unknown as IDesk;
  await act(async () =>
    page.root.render(
      <WithDesk desk={desk}>
        <Versions model="churn" />
      </WithDesk>
    )
  );
}

async function change(): Promise<void> {
  await act(async () => changed.emit());
}

function lists(): number {
  return asked.filter(verb => verb === 'list').length;
}

test('the versions are asked for anew only when something has happened to their model', async () => {
  await shown();
  expect(lists()).toBe(1);
  await change();
  expect(lists()).toBe(1);
  seq = 2;
  await change();
  expect(lists()).toBe(2);
});

test('versions that could not be had are asked for again at the next change, of whatever', async () => {
  isBroken = true;
  await shown();
  expect(page.box.textContent).toContain('the registry is away');
  isBroken = false;
  await change();
  expect(page.box.textContent).toContain('0 versions');
});
