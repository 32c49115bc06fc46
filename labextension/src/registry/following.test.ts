import { expect, test, vi } from 'vitest';

import { Known } from '../wire';
import { Changes } from './changes';
import { Client } from './client';
import { Following } from './following';

const OWN: Known = { uuid: 'a', shown: 'churn', own: true, kernels: ['first'] };
const OTHER: Known = { uuid: 'b', shown: 'fraud', own: false, kernels: ['second', 'third'] };

/** Somebody who follows among these registries, with what is asked and how often that was told. */
function follower(...known: readonly Known[]): { following: Following; client: Client; announce: () => void } {
  const client = { registry: '', registries: async () => known } as unknown as Client;
  const announce = vi.fn();
  return { following: new Following(client, { announce } as unknown as Changes), client, announce };
}

test('the registry of the kernel in front is asked, by its UUID, and the first one again when that comes back', async () => {
  const { following, client } = follower(OWN, OTHER);
  const asked: string[] = [];
  for (const kernel of ['first', 'third', 'first']) {
    await following.follow(kernel);
    asked.push(`${client.registry} ${following.shown}`);
  }
  expect(asked).toEqual(['a churn', 'b fraud', 'a churn']);
});

test('where a notebook uses none, and where none is open, it is the one of the server', async () => {
  const { following, client } = follower(OTHER, OWN);
  for (const kernel of ['nobody', undefined]) {
    await following.follow('second');
    await following.follow(kernel);
    expect([client.registry, following.shown]).toEqual(['a', 'churn']);
  }
});

test('it is told once that another one is asked, and not when it is the same', async () => {
  const { following, announce } = follower(OWN, OTHER);
  for (const kernel of ['second', 'third', 'second']) {
    await following.follow(kernel);
  }
  expect(announce).toHaveBeenCalledOnce();
});

test('a registry that took the place of another is another one, whatever it is called', async () => {
  const known = [OWN];
  const { following, client, announce } = follower();
  client.registries = async () => known;
  await following.follow(undefined);
  known[0] = { ...OWN, uuid: 'c' };
  await following.follow(undefined);
  expect(client.registry).toBe('c');
  expect(announce).toHaveBeenCalledTimes(2);
});

test('what was followed stays where the server does not say which registries there are', async () => {
  const { following, client } = follower(OWN, OTHER);
  await following.follow('second');
  client.registries = () => Promise.reject(new Error('it is away'));
  await following.follow('first');
  expect([client.registry, following.shown]).toEqual(['b', 'fraud']);
});

test('of two notebooks that come to the front one right after the other, the later one is followed', async () => {
  const { following, client } = follower(OWN, OTHER);
  const answers: ((known: readonly Known[]) => void)[] = [];
  client.registries = () => new Promise(resolve => answers.push(resolve));
  const followed = [following.follow('first'), following.follow('second')];
  answers.reverse().forEach(answer => answer([OWN, OTHER]));
  await Promise.all(followed);
  expect(client.registry).toBe('b');
});
