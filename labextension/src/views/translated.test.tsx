// @vitest-environment happy-dom
import React, { act } from 'react';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';

import { Form } from '../actions/form';
import { cancelling, rerunning } from '../actions/jobs';
import { evaluating } from '../actions/judging';
import { deprecation, discarding, promotion, retirement, rollback } from '../actions/moves';
import { reproducing, retraining } from '../actions/training';
import { IWanted } from '../actions/wanted';
import { aliasing, editingModel, editingVersion, tagging, undoing } from '../actions/words';
import { Ask, Missing, Verb } from '../registry/asking';
import { followed } from '../registry/calls';
import { IDesk } from '../registry/desk';
import { marking, unmarked } from '../testing/marking';
import { aPage } from '../testing/page';
import { Given, Samples } from '../testing/samples';
import { spoken } from '../vocabulary';
import { Changed } from '../widget/changed';
import * as wire from '../wire';
import { WithDesk } from './deskcontext';
import { PageOf } from './pageof';
import { Sidebar } from './sidebar';

vi.mock('../format', async real => ({ ...(await real<object>()), moment: () => '12:00' }));

/** What the registry holds is told in Greek here: whatever is Latin and unmarked is ours, and nobody can translate it. */
const TOLD = 'λόγος';
const MODEL = 'μοντέλο';
const SAMPLES = new Samples(TOLD);
/** Text that is one of a few words. */
const WORDS = { stage: 'candidate', kind: 'notebook', task: 'binary', environment: 'lock', exit: 'queued', sealed: false };
/** Names, signs of units and lines of code, which are the same in every language. */
const SAME =
  /\b(job|run|evaluation)\/3\b|\b(metrics|params|eval)\.|NaN|\b\d+ (s|B|min|[KMG]iB)\b|(model = )?%(mlc|load_ext)[^⟦]*|pip install[^⟦]*/g;
const QUERIES = /^metrics\.auc > 0\.7 and stage = '\w+'$/;
const TYPED = ['auc', '4GB', '30m', 'team=ops'];

const page = aPage();

beforeEach(() => {
  vi.useFakeTimers();
});

afterEach(() => {
  vi.useRealTimers();
});

function deskOf(given: Given): IDesk {
  const stored = { layers: [], cells: [{ cell_type: 'code', source: TOLD }] };
  const all = { ...WORDS, ...given };
  return {
    call: async <V extends Verb>(verb: V) => (verb === 'lineage' ? lineage(all) : SAMPLES.reply(verb, all)),
    blob: async () => JSON.stringify(stored),
    trans: marking,
    registry: () => TOLD,
    changed: new Changed(),
    columns: () => [],
    canInsert: true,
    front: () => ({ name: TOLD, cells: [{ id: '', source: `${TOLD} ${TOLD}` }] }),
    openNotebook: () => undefined
  } as unknown as IDesk;
}

/** Something of which the version came. */
function lineage(given: Given): wire.LineageReply {
  const reply = SAMPLES.reply('lineage', given);
  const edges = reply.edges.map(edge => ({ ...edge, above: reply.nodes[0].id, below: reply.version }));
  return { ...reply, edges };
}

/** Draw it, open all that can be opened, and click what asks for more. */
async function shown(view: JSX.Element, given: Given = {}, clicked = ''): Promise<void> {
  await act(async () => page.root.render(<WithDesk desk={deskOf(given)}>{view}</WithDesk>));
  await act(() => vi.advanceTimersByTimeAsync(400));
  await act(async () => {
    page.box.querySelectorAll('details').forEach(one => {
      one.open = true;
      one.dispatchEvent(new Event('toggle'));
    });
    page.box.querySelectorAll('button').forEach(one => clicked && one.textContent?.includes(clicked) && one.click());
  });
  await act(() => vi.advanceTimersByTimeAsync(400));
}

/** What stands there, and in attributes that people see or hear, without a mark. */
function bare(): readonly string[] {
  const isOurs = (text: Node): boolean => !text.parentElement?.closest('code, pre, style');
  const texts: string[] = [];
  const walk = document.createTreeWalker(page.box, NodeFilter.SHOW_TEXT);
  while (walk.nextNode()) {
    texts.push(isOurs(walk.currentNode) ? walk.currentNode.nodeValue ?? '' : '');
  }
  for (const name of ['aria-label', 'title', 'placeholder', 'alt']) {
    page.box.querySelectorAll(`[${name}]`).forEach(one => texts.push(one.getAttribute(name) ?? ''));
  }
  return texts.filter(text => !QUERIES.test(text) && !TYPED.includes(text)).map(without).filter(Boolean);
}

function without(text: string): string {
  return unmarked(text.replace(SAME, ' '));
}

const side = <Sidebar searchRef={null} />;
const pageOf = (...refs: string[]): JSX.Element => <PageOf refs={refs} />;
const failed = { status: 'cell failed', exit: 'cell failed', has_ended: true, sunset: null };
const running = { status: 'running', has_ended: false, ended: null };
const VIEWS: readonly (readonly [string, JSX.Element, Given?, string?])[] = [
  ['models', side, { of: 'models', status: 'running', retired: false, champion: null }],
  ['models, of which one is retired', side, { of: 'models', status: 'running', retired: true }],
  ['versions that were found', side, { of: 'versions', status: 'queued' }],
  ['a registry without models', side, { of: 'models', models: [], jobs: [] }],
  ['a model', pageOf(MODEL)],
  ['a version', pageOf(`${MODEL}:3`), { status: 'finished' }, 'Difference'],
  ['versions side by side', pageOf(`${MODEL}:1`, `${MODEL}:3`), {}, 'Choose rows'],
  ['versions side by side that share no rows', pageOf(`${MODEL}:1`, `${MODEL}:3`), { metrics: [] }],
  ['a job that runs', pageOf('job/3'), running],
  ['a job that failed', pageOf('job/3'), failed],
  ['jobs', pageOf(':jobs'), { status: 'succeeded' }],
  ['no jobs', pageOf(':jobs'), { jobs: [] }],
  ['a verification', pageOf(':verify'), {}, 'Verify everything'],
  ['a verification that found nothing', pageOf(':verify'), { findings: [] }, 'Verify everything']
];

test.each(VIEWS)('all our words are translated: %s', async (_, view, given, clicked) => {
  await shown(view, given, clicked);
  expect(page.box.textContent).toContain('⟦');
  expect(bare()).toEqual([]);
});

test('all our words are translated: no answer', async () => {
  const desk = { ...deskOf({}), call: () => Promise.reject(new Missing(TOLD)) };
  await act(async () => page.root.render(<WithDesk desk={desk}>{side}</WithDesk>));
  expect(bare()).toEqual([]);
});

const VERSION = SAMPLES.reply('show', WORDS).version as wire.ModelVersion;
const { call } = deskOf({});
const ACTS: readonly (() => unknown)[] = [
  () => promotion(VERSION, marking),
  () => rollback(MODEL, marking),
  () => deprecation(VERSION, marking),
  () => retirement(MODEL, MODEL, marking),
  () => discarding([MODEL], marking),
  () => evaluating(MODEL, { data: '', target: '' }, call, marking),
  () => retraining(MODEL, call, marking),
  () => reproducing(MODEL, marking),
  () => aliasing(VERSION, marking),
  () => tagging(MODEL, { [TOLD]: TOLD }, marking),
  () => editingModel(SAMPLES.reply('show').model as wire.Model, marking),
  () => editingVersion(VERSION, marking),
  () => undoing(marking),
  () => cancelling('job/3', marking),
  () => rerunning('job/3', marking)
];

test.each(ACTS)('all our words are translated: what is asked before an act, %#', async wantedOf => {
  const wanted = (await wantedOf()) as IWanted<Verb>;
  const given = { status: 'running', verdict: 'identical' };
  const form = <Form desk={deskOf(given)} wanted={wanted} onEdited={() => undefined} onTried={() => undefined} />;
  await shown(form, given);
  expect(page.box.textContent).toContain('⟦This will happen⟧');
  expect([wanted.title, wanted.accept].map(without)).toEqual(['', '']);
  expect(bare()).toEqual([]);
});

test('all our words are translated: how a long call ends', async () => {
  const died = async (): Promise<unknown> => ({ state: 'died', error: null });
  await expect(followed('a', died, marking)).rejects.toThrow('⟦The process that was to answer died.⟧');
  await expect(followed('a', died, marking, undefined, AbortSignal.abort())).rejects.toThrow('⟦It was cancelled.⟧');
});

test('every word that the registry uses is translated where it is shown', () => {
  const { STAGES, STANDINGS, TIERS, EXITS, TASKS, ENVS, ENGINES, CHANGES, FACTS_TOPICS, REPRODUCTIONS_VERDICTS } = wire;
  const judged = [CHANGES, FACTS_TOPICS, REPRODUCTIONS_VERDICTS].flat();
  const words = [...[STAGES, STANDINGS, TIERS, EXITS, TASKS, ENVS, ENGINES].flat(), ...judged];
  expect(words.map(word => spoken(word, marking))).toEqual(words.map(word => `⟦${word}⟧`));
});

test('what is no word of the registry is shown as it is', () => {
  expect(['constructor', MODEL, ''].map(word => spoken(word, marking))).toEqual(['constructor', MODEL, '']);
});
