// @vitest-environment happy-dom
import React, { act } from 'react';
import { createRoot, Root } from 'react-dom/client';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';

import { Refusal } from '../registry/asking';
import { Draw, IDesk } from '../registry/desk';
import { english } from '../widget/english';
import { Curves } from '../wire';
import { WithDesk } from './deskcontext';
import { Plots } from './plots';

const ROC = { positive: 'late', false_positive_rate: [0, 1], true_positive_rate: [0, 1], thresholds: [], area: 0.5 };
const CURVES: Curves = { roc: [ROC], precision_recall: [], calibration: [], residuals: null, learning: [] };
let root: Root;
let box: HTMLElement;

beforeEach(() => {
  underTest(true);
  box = document.body.appendChild(document.createElement('div'));
  root = createRoot(box);
});

afterEach(() => {
  underTest(true);
  act(() => root.unmount());
  box.remove();
});

/** Whether React is told by the test when something happens. */
function underTest(is: boolean): void {
  (globalThis as { IS_REACT_ACT_ENVIRONMENT?: boolean }).IS_REACT_ACT_ENVIRONMENT = is;
}

async function shown(draw?: Draw): Promise<void> {
  const desk = { trans: english, draw } as IDesk;
  await act(async () =>
    root.render(
      <WithDesk desk={desk}>
        <Plots curves={{ 'churn:1': CURVES }} />
      </WithDesk>
    )
  );
}

function tables(): readonly (string | null)[] {
  return [...box.querySelectorAll('summary')].map(summary => summary.textContent);
}

test('tables stand there at once, and the picture comes when it is drawn', async () => {
  let arrive: (remove: () => void) => void = () => undefined;
  const remove = vi.fn();
  const draw = vi.fn(() => new Promise<() => void>(resolve => (arrive = resolve)));
  await shown(draw);
  expect(tables()).toEqual(['ROC curve: late']);
  expect(draw).toHaveBeenCalledOnce();
  await act(async () => arrive(remove));
  expect(box.querySelector('[role=status]')).toBeNull();
  act(() => root.unmount());
  await vi.waitFor(() => expect(remove).toHaveBeenCalledOnce());
});

test('where nobody can draw there are tables alone', async () => {
  await shown();
  expect(tables()).toEqual(['ROC curve: late']);
  expect(box.querySelector('.jp-Mlc-picture')).toBeNull();
});

test('a picture that cannot be drawn is told of, and the tables stay', async () => {
  await shown(() => Promise.reject(new Refusal('it is not here', 'type: make lab')));
  expect(box.querySelector('[role=status]')?.textContent).toBe(
    '⚠ There is no picture (it is not here. type: make lab). The tables hold all that it would show.'
  );
  expect(tables()).toEqual(['ROC curve: late']);
  expect((box.querySelector('.jp-Mlc-picture') as HTMLElement).hidden).toBe(true);
});

test('another theme has it drawn anew, in JupyterLab and in VS Code', async () => {
  const draw = vi.fn(async () => () => undefined);
  await shown(draw);
  underTest(false); // it hears of it by itself
  document.body.setAttribute('data-jp-theme-name', 'JupyterLab Dark');
  await vi.waitFor(() => expect(draw).toHaveBeenCalledTimes(2));
  document.body.setAttribute('data-vscode-theme-id', 'Default Dark');
  await vi.waitFor(() => expect(draw).toHaveBeenCalledTimes(3));
});
