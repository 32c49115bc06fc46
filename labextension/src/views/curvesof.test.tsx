// @vitest-environment happy-dom
import React, { act } from 'react';
import { beforeEach, expect, test, vi } from 'vitest';

import { IDesk } from '../registry/desk';
import { aPage } from '../testing/page';
import { english } from '../widget/english';
import { Curves, Evaluation } from '../wire';
import { CurvesOf } from './curvesof';
import { WithDesk } from './deskcontext';

const LEARNT: Curves = {
  roc: [],
  precision_recall: [],
  calibration: [],
  residuals: null,
  learning: [['loss', { steps: [0, 1], values: [0.9, 0.5], left_out: 0 }]]
};
const DESK = {
  trans: english,
  call: async (_: string, ask: unknown) => {
    asked.push(ask);
    return reply;
  }
};
const page = aPage();
let asked: unknown[];
let comeIntoSight: () => void;
let reply: object;

beforeEach(() => {
  vi.stubGlobal(
    'IntersectionObserver',
    class {
      constructor(told: (found: readonly object[]) => void) {
        comeIntoSight = () => told([{ isIntersecting: true }]);
      }
      observe(): void {}
      disconnect(): void {}
    }
  );
  asked = [];
  reply = { curves: { 'churn:1': LEARNT }, warnings: [], next: '' };
});

function evaluation(number: number, dataset: string): Evaluation {
  return { id: number, number, dataset } as Evaluation;
}

async function shown(evaluations: readonly Evaluation[]): Promise<void> {
  await act(async () =>
    page.root.render(
      <WithDesk desk={DESK as unknown as IDesk}>
        <CurvesOf name="churn:1" evaluations={evaluations} />
      </WithDesk>
    )
  );
}

test('nothing is asked before somebody looks, and nothing again before there is another evaluation', async () => {
  await shown([evaluation(1, 'june')]);
  expect(asked).toEqual([]);
  await act(async () => comeIntoSight());
  expect(asked).toEqual([{ ref: 'churn:1', curves: true }]);
  expect(page.box.textContent).toContain('Of evaluation/1, on june.');
  expect(page.box.querySelector('summary')?.textContent).toBe('Learning: loss');
  await shown([evaluation(1, 'june')]);
  expect(asked).toHaveLength(1);
  await shown([evaluation(2, 'july'), evaluation(1, 'june')]);
  expect(asked).toHaveLength(2);
});

test('of every other dataset the newest evaluation is drawn when somebody wants it', async () => {
  await shown([evaluation(4, 'july'), evaluation(3, 'june'), evaluation(2, 'july'), evaluation(1, 'june')]);
  const summaries = [...page.box.querySelectorAll('summary')];
  expect(summaries.map(summary => summary.textContent)).toEqual(['Curves of evaluation/3, on june']);
  const details = page.box.querySelector('details') as HTMLDetailsElement;
  await act(async () => {
    details.open = true;
    details.dispatchEvent(new Event('toggle'));
  });
  expect(asked).toEqual([{ ref: 'evaluation/3', curves: true }]);
});

test('where nothing can be drawn it says why, and what to do', async () => {
  reply = { curves: {}, warnings: ['evaluation/1 has no curves: it is gone'], next: '%mlc evaluate churn:1' };
  await shown([]);
  await act(async () => comeIntoSight());
  expect(page.box.querySelector('.jp-Mlc-warning')?.textContent).toBe('⚠ evaluation/1 has no curves: it is gone');
  expect(page.box.querySelector('code')?.textContent).toBe('%mlc evaluate churn:1');
});
