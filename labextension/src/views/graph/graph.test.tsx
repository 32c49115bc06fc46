// @vitest-environment happy-dom
import React, { act } from 'react';
import { beforeEach, expect, test, vi } from 'vitest';

import { IDesk } from '../../registry/desk';
import { aPage } from '../../testing/page';
import { english } from '../../widget/english';
import { LineageReply } from '../../wire';
import { WithDesk } from '../deskcontext';
import { Graph } from './graph';

const REPLY: LineageReply = {
  version: 'churn:2',
  nodes: [
    { id: 'churn:2', kind: 'version', text: 'staging' },
    { id: 'churn:1', kind: 'version', text: 'production' },
    { id: 'work/fit.ipynb', kind: 'notebook', text: '5 executed cells' }
  ],
  edges: [],
  drawing: {
    layers: 2,
    rows: 3,
    spots: [
      { key: 'churn:2', layer: 1, row: 1 },
      { key: 'churn:1', layer: 0, row: 1 },
      { key: 'work/fit.ipynb', layer: 0, row: 0 },
      { key: 'rest', layer: 0, row: 2 }
    ],
    ways: [
      { above: 'churn:1', below: 'churn:2', rows: [], standing: 'claimed' },
      { above: 'rest', below: 'churn:2', rows: [], standing: null }
    ],
    more: [{ key: 'rest', beside: 'churn:2', is_above: true, kind: 'dataset', count: 34 }]
  }
};
const page = aPage();
const opened = vi.fn();

beforeEach(() => {
  act(() =>
    page.root.render(
      <WithDesk desk={{ trans: english } as IDesk}>
        <Graph reply={REPLY} opener={({ id }) => (id === 'churn:1' ? () => opened(id) : null)} />
      </WithDesk>
    )
  );
});

function cards(): readonly (string | null)[] {
  return [...page.box.querySelectorAll('li')].map(card => card.textContent);
}

test('things are told from the oldest to the newest, and what is left out is counted', () => {
  expect(cards()).toEqual([
    'fit.ipynbnotebook5 executed cells',
    'churn:1versionproduction',
    '34 more (dataset)',
    'churn:2versionstaging'
  ]);
  expect(page.box.querySelector('[aria-current]')?.textContent).toContain('churn:2');
});

test('what has a page opens it, and nothing else is a button', () => {
  const buttons = page.box.querySelectorAll('button');
  expect(buttons).toHaveLength(1);
  act(() => buttons[0].click());
  expect(opened).toHaveBeenCalledWith('churn:1');
});

test('a line says how it is known, and one that is only claimed is dashed', () => {
  expect([...page.box.querySelectorAll('.jp-Mlc-edge')].map(label => label.textContent)).toEqual(['? claimed']);
  expect(page.box.querySelectorAll('path')).toHaveLength(4);
  expect(page.box.querySelectorAll('path[data-weak]')).toHaveLength(1);
});
