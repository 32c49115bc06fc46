import React, { memo, RefObject, useCallback, useLayoutEffect, useMemo, useRef } from 'react';

import { ModelVersion } from '../wire';
import { ref } from '../format';
import { StageChip } from './chips';
import { ALWAYS, IColumn } from './columns';
import { useDesk } from './deskcontext';
import { Reference } from './reference';
import { useWindow } from './usewindow';

const HEIGHT = 28;
/** Letters that fit into the widest cell; only longer texts are cut, since looking where to cut takes time. */
const FIT = 24;

export interface IGridProps {
  columns: readonly IColumn[];
  rows: readonly ModelVersion[];
  sortedBy: string;
  down: boolean;
  ticked: ReadonlySet<string>;
  onSort: (key: string) => void;
  onTick: (name: string) => void;
}

/**
 * The table of versions; of thousands only the rows in sight are drawn, and of rows that fly by only what tells where one
 * is: the columns that are always there, which come first.
 */
export function Grid(props: IGridProps): JSX.Element {
  const { columns, rows } = props;
  const ticking = useRef(props.onTick);
  ticking.current = props.onTick;
  const onTick = useCallback((name: string) => ticking.current(name), []);
  const { trans } = useDesk();
  const box = useRef<HTMLDivElement>(null);
  const { first, last, most, hasJumped, isPassing } = useWindow(box, rows.length, HEIGHT);
  const head = useRef<HTMLTableRowElement>(null);
  const widths = useRef<readonly number[]>([]);
  useLayoutEffect(() => {
    if (hasJumped && !isPassing) {
      widths.current = [...(head.current?.cells ?? [])].map(cell => cell.getBoundingClientRect().width);
    }
  }, [hasJumped]);
  const heads = useMemo(() => <Heads node={head} {...props} />, [props]); // they stay as they are while one scrolls
  const drawn = useMemo(() => columns.filter(({ key }) => !isPassing || ALWAYS.includes(key)), [columns, isPassing]);
  return (
    <div ref={box} className="jp-Mlc-grid" tabIndex={0} role="group" aria-label={trans.__('Table of versions')}>
      <table aria-label={trans.__('Versions')} aria-rowcount={rows.length + 1}>
        {isPassing && <Widths widths={widths.current} />}
        {heads}
        <tbody>
          <Gap rows={first} />
          {rows.slice(first, last).map((version, place) => (
            <Row
              key={(first + place) % most}
              version={version}
              index={first + place + 2}
              columns={drawn}
              left={columns.length - drawn.length}
              isTicked={props.ticked.has(ref(version))}
              onTick={onTick}
            />
          ))}
          <Gap rows={rows.length - last} />
        </tbody>
      </table>
    </div>
  );
}

/** The columns keep the widths that they had when their cells were drawn. */
function Widths({ widths }: { widths: readonly number[] }): JSX.Element {
  return (
    <colgroup>
      {widths.map((width, place) => (
        <col key={place} style={{ width }} />
      ))}
    </colgroup>
  );
}

function Heads({ node, ...props }: IGridProps & { node: RefObject<HTMLTableRowElement> }): JSX.Element {
  const { trans } = useDesk();
  return (
    <thead>
      <tr ref={node} aria-rowindex={1}>
        <th scope="col">{trans.__('Tick')}</th>
        {props.columns.map(column => (
          <Head key={column.key} column={column} {...props} />
        ))}
      </tr>
    </thead>
  );
}

function Gap({ rows }: { rows: number }): JSX.Element | null {
  return rows > 0 ? <tr aria-hidden="true" style={{ height: rows * HEIGHT }} /> : null;
}

function Head({ column, sortedBy, down, onSort }: IGridProps & { column: IColumn }): JSX.Element {
  const isSorted = column.key === sortedBy;
  return (
    <th scope="col" aria-sort={isSorted ? (down ? 'descending' : 'ascending') : 'none'}>
      <button className="jp-Mlc-sort" onClick={() => onSort(column.key)}>
        {column.head}
        <span aria-hidden="true">{isSorted ? (down ? ' ▼' : ' ▲') : ''}</span>
      </button>
    </th>
  );
}

interface IRow {
  version: ModelVersion;
  index: number;
  columns: readonly IColumn[];
  /** How many columns are left out. */
  left: number;
  isTicked: boolean;
  onTick: (name: string) => void;
}

/**
 * Drawn anew only where something of it has changed: scrolling changes nothing of a row in sight, and a row that leaves
 * becomes one that comes, which is quicker than to make one. Whoever was in it is not taken along.
 */
const Row = memo(function Row({ version, index, columns, left, isTicked, onTick }: IRow): JSX.Element {
  const { trans } = useDesk();
  const name = ref(version);
  const node = useRef<HTMLTableRowElement>(null);
  useLayoutEffect(() => () => leave(node.current), [version.id]);
  return (
    <tr ref={node} aria-rowindex={index} style={{ height: HEIGHT }}>
      <td>
        <input
          type="checkbox"
          aria-label={trans.__('Tick %1', name)}
          checked={isTicked}
          onChange={() => onTick(name)}
        />
      </td>
      {columns.map(column => cell(column, version, name))}
      {left > 0 && <td colSpan={left} />}
    </tr>
  );
});

function leave(row: HTMLElement | null): void {
  if (row?.contains(document.activeElement)) {
    row.closest<HTMLElement>('.jp-Mlc-grid')?.focus({ preventScroll: true });
  }
}

/** A function and no component: there are hundreds in every picture of a table that is scrolled. */
function cell({ key, text }: IColumn, version: ModelVersion, name: string): JSX.Element {
  if (key === 'version') {
    return (
      <th key={key} scope="row">
        <Reference name={name} />
      </th>
    );
  }
  if (key === 'stage') {
    return (
      <td key={key}>
        <StageChip stage={version.stage} />
      </td>
    );
  }
  const shown = text(version);
  return shown.length > FIT ? (
    <td key={key} className="jp-Mlc-cut" title={shown}>
      {shown}
    </td>
  ) : (
    <td key={key}>{shown}</td>
  );
}
