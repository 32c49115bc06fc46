// @vitest-environment happy-dom
import { ServiceManager } from '@jupyterlab/services';
import { expect, test } from 'vitest';

import { Tick } from '../wire';
import { Call } from './asking';
import { Changes } from './changes';

const SCHEMA = 'https://events.jupyter.org/jupyter_mlc/registry_changed';
const NEVER = 1_000_000;

type Told = (sender: unknown, event: object) => void;

function tick(registry: string, seq: number, own = false): Tick {
  return { registry, seq, activity: 0, own };
}

/** What is said of the registry when the server tells of events. */
function said(...events: readonly object[]): readonly string[] {
  const words: string[] = [];
  let tell: Told = () => undefined;
  const stream = { connect: (slot: Told, of: unknown) => (tell = slot.bind(of)) };
  const services = { events: { stream } } as unknown as ServiceManager.IManager;
  const changes = new Changes((async () => ({ entries: [] })) as unknown as Call, services, NEVER);
  changes.changed.connect(() => words.push('changed'));
  changes.progressed.connect(() => words.push('further'));
  events.forEach(event => tell(null, { schema_id: SCHEMA, ...event }));
  return words;
}

test('a log that grew is a change, and one that did not means that a job got further', () => {
  expect(said(tick('a', 1), tick('a', 1), tick('a', 2))).toEqual([
    'changed',
    'further',
    'changed'
  ]);
});

test('it is a change when another registry becomes the own one of the server, and when the first does again', () => {
  const [one, other] = [tick('a', 1, true), tick('b', 1, true)];
  expect(said(one, other, one, one)).toEqual(['changed', 'changed', 'changed', 'further']);
});

test('what others tell is not heard', () => {
  expect(said({ ...tick('a', 1), schema_id: 'https://example.org/other' })).toEqual([]);
});
