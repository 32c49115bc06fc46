// @vitest-environment happy-dom
import React, { act } from 'react';
import { expect, test } from 'vitest';

import { aPage } from '../testing/page';
import { Choices } from './choices';

const MANY = Array.from({ length: 10_000 }, (_, at) => `model-${at}`);
const page = aPage();

function drawn(onOpen: (name: string) => void = () => undefined): HTMLElement {
  const same = (name: string): string => name;
  act(() => page.root.render(<Choices label="Models" items={MANY} name={same} draw={same} onOpen={onOpen} />));
  return page.box.querySelector('[role=listbox]') as HTMLElement;
}

function press(list: HTMLElement, key: string): void {
  act(() => void list.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true })));
}

test('of thousands only those in sight are drawn, and each says which one it is', () => {
  const options = drawn().querySelectorAll('[role=option]');
  expect(options.length).toBeGreaterThan(0);
  expect(options.length).toBeLessThan(100);
  expect(options[0].getAttribute('aria-setsize')).toBe('10000');
  expect(options[1].getAttribute('aria-posinset')).toBe('2');
});

test('the arrow keys choose, and Enter opens', () => {
  const opened: string[] = [];
  const list = drawn(name => opened.push(name));
  press(list, 'ArrowDown');
  press(list, 'ArrowDown');
  press(list, 'ArrowUp');
  expect(list.querySelector('[aria-selected=true]')?.textContent).toBe('model-1');
  press(list, 'Enter');
  expect(opened).toEqual(['model-1']);
});
