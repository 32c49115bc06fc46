// @vitest-environment happy-dom
import React, { act } from 'react';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';

import { IDesk } from '../registry/desk';
import { aPage } from '../testing/page';
import { english } from '../widget/english';
import { ModelVersion } from '../wire';
import { plainColumns } from './columns';
import { WithDesk } from './deskcontext';
import { Grid } from './grid';

const ROW = 28;
const MANY = Array.from({ length: 10_000 }, (_, at) => {
  const version = { model: 'churn', number: at, id: at, stage: 'candidate', author: `writer ${at}`, aliases: [], note: '' };
  return version as unknown as ModelVersion;
});
const COLUMNS = plainColumns(english).filter(column => ['version', 'stage', 'author'].includes(column.key));
const page = aPage();
let grid: HTMLElement;

beforeEach(() => {
  vi.useFakeTimers();
  const nothing = (): void => undefined;
  act(() =>
    page.root.render(
      <WithDesk desk={{ trans: english } as unknown as IDesk}>
        <Grid columns={COLUMNS} rows={MANY} sortedBy="" down ticked={new Set()} onSort={nothing} onTick={nothing} />
      </WithDesk>
    )
  );
  grid = page.box.querySelector('.jp-Mlc-grid') as HTMLElement;
  Object.defineProperty(grid, 'clientHeight', { value: 10 * ROW });
  scrollTo(1);
});

afterEach(() => {
  vi.useRealTimers();
});

function scrollTo(row: number): void {
  grid.scrollTop = row * ROW;
  act(() => void grid.dispatchEvent(new Event('scroll')));
}

function shows(row: number): string {
  return grid.querySelector(`tr[aria-rowindex="${row + 2}"]`)?.textContent ?? '';
}

test('whoever jumps once, or scrolls, sees whole rows', () => {
  scrollTo(5_000);
  expect(shows(5_001)).toContain('writer 5001');
  scrollTo(5_005);
  scrollTo(5_010);
  expect(shows(5_012)).toContain('writer 5012');
});

test('of rows that fly by only what tells where one is, until they come to rest', () => {
  scrollTo(2_000);
  scrollTo(4_000);
  expect(shows(4_001)).toContain('churn:4001');
  expect(shows(4_001)).toContain('candidate');
  expect(shows(4_001)).not.toContain('writer');
  expect(grid.querySelectorAll('col')).toHaveLength(1 + COLUMNS.length);
  act(() => void vi.runAllTimers());
  expect(shows(4_001)).toContain('writer 4001');
  expect(grid.querySelectorAll('col')).toHaveLength(0);
});

test('whoever slows down sees whole rows at once', () => {
  scrollTo(2_000);
  scrollTo(4_000);
  scrollTo(4_003);
  expect(shows(4_005)).toContain('writer 4005');
});
