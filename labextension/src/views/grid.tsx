import React, { memo, useCallback, useLayoutEffect, useRef } from 'react';

import { ModelVersion } from '../wire';
import { ref } from '../format';
import { StageChip } from './chips';
import { IColumn } from './columns';
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

/** The table of versions; of thousands only the rows in sight are drawn. */
export function Grid(props: IGridProps): JSX.Element {
  const { columns, rows } = props;
  const ticking = useRef(props.onTick);
  ticking.current = props.onTick;
  const onTick = useCallback((name: string) => ticking.current(name), []);
  const { trans } = useDesk();
  const box = useRef<HTMLDivElement>(null);
  const { first, last, most } = useWindow(box, rows.length, HEIGHT);
  return (
    <div ref={box} className="jp-Mlc-grid" tabIndex={0} role="group" aria-label={trans.__('Table of versions')}>
      <table aria-label={trans.__('Versions')} aria-rowcount={rows.length + 1}>
        <thead>
          <tr aria-rowindex={1}>
            <th scope="col">{trans.__('Tick')}</th>
            {columns.map(column => (
              <Head key={column.key} column={column} {...props} />
            ))}
          </tr>
        </thead>
        <tbody>
          <Gap rows={first} />
          {rows.slice(first, last).map((version, place) => (
            <Row
              key={(first + place) % most}
              version={version}
              index={first + place + 2}
              columns={columns}
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
  isTicked: boolean;
  onTick: (name: string) => void;
}

/**
 * Drawn anew only where something of it has changed: scrolling changes nothing of a row in sight, and a row that leaves
 * becomes one that comes, which is quicker than to make one. Whoever was in it is not taken along.
 */
const Row = memo(function Row({ version, index, columns, isTicked, onTick }: IRow): JSX.Element {
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
      {columns.map(column => (
        <Cell key={column.key} column={column} version={version} />
      ))}
    </tr>
  );
});

function leave(row: HTMLElement | null): void {
  if (row?.contains(document.activeElement)) {
    row.closest<HTMLElement>('.jp-Mlc-grid')?.focus({ preventScroll: true });
  }
}

function Cell({ column, version }: { column: IColumn; version: ModelVersion }): JSX.Element {
  if (column.key === 'version') {
    return (
      <th scope="row">
        <Reference name={ref(version)} />
      </th>
    );
  }
  if (column.key === 'stage') {
    return (
      <td>
        <StageChip stage={version.stage} />
      </td>
    );
  }
  const text = column.text(version);
  return text.length > FIT ? (
    <td className="jp-Mlc-cut" title={text}>
      {text}
    </td>
  ) : (
    <td>{text}</td>
  );
}
