// @vitest-environment happy-dom
import React, { act } from 'react';
import { expect, test, vi } from 'vitest';

import { Refusal } from '../registry/asking';
import { Draw, IDesk } from '../registry/desk';
import { aPage, underTest } from '../testing/page';
import { english } from '../widget/english';
import { Curves } from '../wire';
import { WithDesk } from './deskcontext';
import { Plots } from './plots';

const ROC = { positive: 'late', false_positive_rate: [0, 1], true_positive_rate: [0, 1], thresholds: [], area: 0.5 };
const CURVES: Curves = { roc: [ROC], precision_recall: [], calibration: [], residuals: null, learning: [] };
const page = aPage();

async function shown(draw?: Draw): Promise<void> {
  const desk = { trans: english, draw } as IDesk;
  await act(async () =>
    page.root.render(
      <WithDesk desk={desk}>
        <Plots curves={{ 'churn:1': CURVES }} />
      </WithDesk>
    )
  );
}

function tables(): readonly (string | null)[] {
  return [...page.box.querySelectorAll('summary')].map(summary => summary.textContent);
}

test('tables stand there at once, and the picture comes when it is drawn', async () => {
  let arrive: (remove: () => void) => void = () => undefined;
  const remove = vi.fn();
  const draw = vi.fn(() => new Promise<() => void>(resolve => (arrive = resolve)));
  await shown(draw);
  expect(tables()).toEqual(['ROC curve: late']);
  expect(draw).toHaveBeenCalledOnce();
  await act(async () => arrive(remove));
  expect(page.box.querySelector('[role=status]')).toBeNull();
  act(() => page.root.unmount());
  await vi.waitFor(() => expect(remove).toHaveBeenCalledOnce());
});

test('where nobody can draw there are tables alone', async () => {
  await shown();
  expect(tables()).toEqual(['ROC curve: late']);
  expect(page.box.querySelector('.jp-Mlc-picture')).toBeNull();
});

test('a picture that cannot be drawn is told of, and the tables stay', async () => {
  await shown(() => Promise.reject(new Refusal('it is not here', 'type: make lab')));
  expect(page.box.querySelector('[role=status]')?.textContent).toBe(
    '⚠ There is no picture (it is not here. type: make lab). The tables hold all that it would show.'
  );
  expect(tables()).toEqual(['ROC curve: late']);
  expect((page.box.querySelector('.jp-Mlc-picture') as HTMLElement).hidden).toBe(true);
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
