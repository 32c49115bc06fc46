import { expect, test, vi } from 'vitest';

import { Refusal } from '../registry/asking';
import { Comm, IChannel } from './comm';

/** The side of a widget in the browser, with a kernel that answers when it is told to. */
class Channel implements IChannel {
  readonly sent: { id: string; verb?: string }[] = [];

  on(_: 'msg:custom', heard: (message: unknown) => void): void {
    this.say = heard;
  }

  off(): void {
    this.say = () => undefined;
  }

  send(message: unknown): void {
    this.sent.push(message as { id: string });
  }

  say: (message: unknown) => void = () => undefined;
}

test('answers find their questions, in whatever order they come', async () => {
  const channel = new Channel();
  const comm = new Comm(channel, () => undefined);
  const [first, second] = [comm.call('list', {}), comm.call('show', { ref: 'churn' })];
  channel.say({ id: channel.sent[1].id, reply: { kind: 'model' } });
  channel.say({ id: channel.sent[0].id, reply: { of: 'models' } });
  expect(await first).toEqual({ of: 'models' });
  expect(await second).toEqual({ kind: 'model' });
  expect(comm.open).toBe(0);
});

test('a refusal is told with its hint and its token', async () => {
  const channel = new Channel();
  const asked = new Comm(channel, () => undefined).call('discard', { refs: ['churn:1'] });
  channel.say({ id: channel.sent[0].id, refused: { message: 'for good?', hint: 'say yes', token: 't' } });
  await expect(asked).rejects.toEqual(new Refusal('for good?', 'say yes', 't'));
});

test('progress is told before the answer, and words of the kernel that are for another view are not heard', async () => {
  const channel = new Channel();
  const told: unknown[] = [];
  const comm = new Comm(channel, () => undefined);
  const asked = comm.call('compare', { refs: [] }, (...far) => told.push(far));
  channel.say({ id: 'of-another-view', reply: {} });
  channel.say({ id: channel.sent[0].id, progress: [1, 4, 'rows'] });
  expect([told, comm.doing]).toEqual([[[1, 4, 'rows']], 'rows 1/4']);
  channel.say({ id: channel.sent[0].id, reply: { metric: { $number: 'nan' } } });
  expect(await asked).toEqual({ metric: NaN });
});

test('what nobody wants any more is not waited for', async () => {
  const going = new AbortController();
  const asked = new Comm(new Channel(), () => undefined).call('compare', { refs: [] }, undefined, going.signal);
  going.abort();
  await expect(asked).rejects.toThrow('not waited for');
});

test('a question that stays open is asked once more, and no third time', () => {
  vi.useFakeTimers();
  const channel = new Channel();
  void new Comm(channel, () => undefined).call('list', {});
  vi.advanceTimersByTime(60_000);
  expect(channel.sent).toHaveLength(2);
  expect(channel.sent[0]).toEqual(channel.sent[1]);
  vi.useRealTimers();
});

test('a word that the registry has changed reaches whoever shows it', () => {
  const channel = new Channel();
  const changed = vi.fn();
  new Comm(channel, changed);
  channel.say({ changed: true });
  expect(changed).toHaveBeenCalledOnce();
});

test('when its view closes nobody goes on waiting', async () => {
  const comm = new Comm(new Channel(), () => undefined);
  const asked = comm.plots();
  comm.close();
  await expect(asked).rejects.toThrow('not waited for');
  expect(comm.open).toBe(0);
});
