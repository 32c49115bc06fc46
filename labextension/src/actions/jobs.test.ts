import { expect, test } from 'vitest';

import { RetrainReply, Trained } from '../wire';
import { opened } from './jobs';

function replied(...exits: readonly string[]): RetrainReply {
  const jobs = exits.map((exit, at) => ({ job: `job/${at + 1}`, exit }) as Trained);
  return { jobs } as unknown as RetrainReply;
}

test('one job that was started is shown, and one that the record had the answer of', () => {
  expect(opened(replied('cached', 'queued'))).toBe('job/2');
  expect(opened(replied('cached', 'cached'))).toBe('job/1');
});

test('several that were started are shown together', () => {
  expect(opened(replied('queued', 'cached', 'queued'))).toBe(':jobs');
});

test('where nothing is to be done nothing is shown', () => {
  expect(opened(replied())).toBe('');
});
