import { act } from 'react';
import { createRoot, Root } from 'react-dom/client';
import { afterEach, beforeEach, vi } from 'vitest';

export interface IPage {
  root: Root;
  box: HTMLElement;
}

/** Where the tests of a file draw: made before each of them, and taken away after it. */
export function aPage(): IPage {
  const page = {} as IPage;
  beforeEach(() => {
    underTest(true);
    vi.stubGlobal('ResizeObserver', class { observe(): void {} disconnect(): void {} });
    page.box = document.body.appendChild(document.createElement('div'));
    page.root = createRoot(page.box);
  });
  afterEach(() => {
    underTest(true);
    act(() => page.root.unmount());
    page.box.remove();
  });
  return page;
}

/** Whether React is told by the test when something happens. */
export function underTest(is: boolean): void {
  (globalThis as { IS_REACT_ACT_ENVIRONMENT?: boolean }).IS_REACT_ACT_ENVIRONMENT = is;
}
