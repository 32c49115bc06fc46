import { CellChange } from '../wire';
import { ICell } from '../registry/desk';

const AROUND = 2;
const LEFT_OUT = '...';
const ALIKE = 0.5;
const TITLE = 80;
/** Lines of two cells whose likeness is worth counting: more would take too long. */
const MOST_LINES = 2000;

/** What changed from some cells to others, in the order of the latter; removed ones stand where they stood. */
export function cellChanges(before: readonly ICell[], after: readonly ICell[]): readonly CellChange[] {
  const matched = matchedCells(before, after);
  const inOrder = new Set(ascending([...matched.keys()].sort(byNumber).map(place => matched.get(place) as number)));
  const changes: { at: number; change: CellChange }[] = [];
  after.forEach((cell, place) => {
    const old = matched.get(place);
    const change =
      old === undefined ? added(cell, place) : changed(before[old], old, cell, place, !inOrder.has(old));
    if (change) {
      changes.push({ at: place, change });
    }
  });
  const places = new Map([...matched].map(([place, old]) => [old, place]));
  let reached = -1;
  before.forEach((cell, old) => {
    reached = Math.max(reached, places.get(old) ?? -1);
    if (!places.has(old)) {
      changes.push({ at: reached + 0.5, change: removed(cell, old) });
    }
  });
  return changes.sort((one, other) => one.at - other.at).map(({ change }) => change);
}

function byNumber(one: number, other: number): number {
  return one - other;
}

const NOTHING = { before: null, after: null, lines: [], same_code: false, moved: false, copy_of: null };

function added(cell: ICell, place: number): CellChange {
  const lines = cell.source.split('\n').map(line => `+${line}`);
  return { ...NOTHING, change: 'added', title: title(cell), after: place + 1, lines };
}

function removed(cell: ICell, place: number): CellChange {
  const lines = cell.source.split('\n').map(line => `-${line}`);
  return { ...NOTHING, change: 'removed', title: title(cell), before: place + 1, lines };
}

function changed(was: ICell, old: number, now: ICell, place: number, moved: boolean): CellChange | null {
  const lines = was.source === now.source ? [] : lineChanges(was.source, now.source);
  if (!lines.length && !moved) {
    return null;
  }
  const change = lines.length ? 'changed' : 'moved';
  return { ...NOTHING, change, title: title(now), before: old + 1, after: place + 1, lines, moved };
}

function title({ source }: ICell): string {
  const lines = source.split('\n').map(line => line.trim()).filter(Boolean);
  const first = lines.find(line => !line.startsWith('#')) ?? lines[0] ?? '';
  return first.length > TITLE ? `${first.slice(0, TITLE - 1)}…` : first;
}

/** Which cell each one was, place now to place then: by its id, else by its text, else by likeness. */
function matchedCells(before: readonly ICell[], after: readonly ICell[]): Map<number, number> {
  const found = new Map<number, number>();
  const free = new Set(before.keys());
  const pair = (fits: (was: ICell, now: ICell) => boolean): void =>
    after.forEach((now, place) => {
      const old = found.has(place) ? undefined : [...free].find(each => fits(before[each], now));
      if (old !== undefined) {
        found.set(place, old);
        free.delete(old);
      }
    });
  pair((was, now) => was.id !== '' && was.id === now.id);
  pair((was, now) => was.source === now.source);
  pair((was, now) => likeness(was.source, now.source) >= ALIKE);
  return found;
}

/** Which share of the lines of both is the same. */
function likeness(one: string, other: string): number {
  const [first, second] = [one.split('\n'), other.split('\n')];
  if (first.length + second.length > MOST_LINES) {
    return 0;
  }
  return (2 * common(first, second).length) / (first.length + second.length);
}

/** The lines that two texts share in the same order: pairs of places. */
function common(one: readonly string[], other: readonly string[]): readonly (readonly [number, number])[] {
  const lengths = Array.from({ length: one.length + 1 }, () => new Uint32Array(other.length + 1));
  for (let i = one.length - 1; i >= 0; i--) {
    for (let j = other.length - 1; j >= 0; j--) {
      const [down, right] = [lengths[i + 1][j], lengths[i][j + 1]];
      lengths[i][j] = one[i] === other[j] ? lengths[i + 1][j + 1] + 1 : Math.max(down, right);
    }
  }
  const pairs: [number, number][] = [];
  for (let i = 0, j = 0; i < one.length && j < other.length; ) {
    if (one[i] === other[j]) {
      pairs.push([i++, j++]);
    } else if (lengths[i + 1][j] >= lengths[i][j + 1]) {
      i++;
    } else {
      j++;
    }
  }
  return pairs;
}

/** What changed in a text: lines that begin with `+`, `-` or a space; `...` where lines are left out. */
export function lineChanges(was: string, now: string): readonly string[] {
  const [before, after] = [was.split('\n'), now.split('\n')];
  const whole: string[] = [];
  let [i, j] = [0, 0];
  for (const [left, right] of [...common(before, after), [before.length, after.length] as const]) {
    whole.push(...before.slice(i, left).map(line => `-${line}`), ...after.slice(j, right).map(line => `+${line}`));
    if (left < before.length) {
      whole.push(` ${before[left]}`);
    }
    [i, j] = [left + 1, right + 1];
  }
  return shortened(whole);
}

function shortened(lines: readonly string[]): readonly string[] {
  const near = (at: number): boolean =>
    lines.slice(Math.max(0, at - AROUND), at + AROUND + 1).some(line => line[0] !== ' ');
  return lines.flatMap((line, at) => {
    if (near(at)) {
      return [line];
    }
    const isInside = lines.slice(0, at).some(each => each[0] !== ' ') && lines.slice(at).some(each => each[0] !== ' ');
    return isInside && near(at - 1) ? [LEFT_OUT] : [];
  });
}

/** The most numbers that stand in ascending order. */
function ascending(numbers: readonly number[]): readonly number[] {
  const best: number[][] = [];
  numbers.forEach((each, at) => {
    const before = best.slice(0, at).filter(one => one[one.length - 1] < each);
    const longest = before.reduce<number[]>((one, other) => (other.length > one.length ? other : one), []);
    best.push([...longest, each]);
  });
  return best.reduce<number[]>((one, other) => (other.length > one.length ? other : one), []);
}
