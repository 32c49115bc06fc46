// @vitest-environment happy-dom
import React, { act } from 'react';
import { createRoot, Root } from 'react-dom/client';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';

import { Choices } from './choices';

const MANY = Array.from({ length: 10_000 }, (_, at) => `model-${at}`);
let root: Root;
let box: HTMLElement;

beforeEach(() => {
  (globalThis as { IS_REACT_ACT_ENVIRONMENT?: boolean }).IS_REACT_ACT_ENVIRONMENT = true;
  vi.stubGlobal('ResizeObserver', class { observe(): void {} disconnect(): void {} });
  box = document.body.appendChild(document.createElement('div'));
  root = createRoot(box);
});

afterEach(() => {
  act(() => root.unmount());
  box.remove();
});

function drawn(onOpen: (name: string) => void = () => undefined): HTMLElement {
  act(() => root.render(<Choices label="Models" items={MANY} name={name => name} draw={name => name} onOpen={onOpen} />));
  return box.querySelector('[role=listbox]') as HTMLElement;
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
