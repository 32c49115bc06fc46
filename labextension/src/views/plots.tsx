import React, { useEffect, useMemo, useRef, useState } from 'react';

import { Curves } from '../wire';
import { refused } from '../actions/carrying';
import { value } from '../format';
import { Draw } from '../registry/desk';
import { spoken } from '../vocabulary';
import { IChart, IInk, together } from './charts/frame';
import { MOST, sheet } from './charts/sheet';
import { useDesk } from './deskcontext';
import { Table } from './section';

/** Where JupyterLab and VS Code say which theme is on. */
const THEME = ['data-jp-theme-name', 'data-vscode-theme-id'];

/** The curves of versions: as a picture where somebody can draw, and as tables for everybody. */
export function Plots({ curves }: { curves: Readonly<Record<string, Curves>> }): JSX.Element {
  const { draw, trans } = useDesk();
  const charts = useMemo(() => sheet(curves, trans), [curves]);
  if (!charts.length) {
    return <p>{trans.__('Nothing can be drawn: they were not evaluated on the same rows.')}</p>;
  }
  return (
    <>
      {draw && <Picture charts={charts} versions={Object.keys(curves).slice(0, MOST)} draw={draw} />}
      {charts.map(chart => (
        <Numbers key={chart.title} chart={chart} />
      ))}
    </>
  );
}

interface IPictureProps {
  charts: readonly IChart[];
  versions: readonly string[];
  draw: Draw;
}

/** For the eye alone; what it shows stands in the tables below. */
function Picture({ charts, versions, draw }: IPictureProps): JSX.Element {
  const { trans } = useDesk();
  const box = useRef<HTMLDivElement>(null);
  const theme = useTheme();
  const [reason, setReason] = useState('');
  useEffect(() => {
    const node = box.current;
    if (!node) {
      return;
    }
    let isOver = false;
    const say = (reason: string): void => {
      if (!isOver) {
        setReason(reason);
      }
    };
    const drawn = draw(node, together(charts, versions, inkOf(node)));
    drawn.then(
      () => say(''),
      (error: Error) => say(refused(error))
    );
    return () => {
      isOver = true;
      drawn.then(
        remove => remove(),
        () => undefined
      );
    };
  }, [charts, theme]);
  return (
    <>
      {reason && (
        <p className="jp-Mlc-warning" role="status">
          ⚠ {trans.__('There is no picture (%1). The tables hold all that it would show.', reason)}
        </p>
      )}
      <div ref={box} className="jp-Mlc-picture" aria-hidden="true" hidden={reason !== ''} />
    </>
  );
}

function inkOf(node: HTMLElement): IInk {
  const style = getComputedStyle(node);
  const colour = (name: string): string => style.getPropertyValue(name).trim() || style.color;
  return { text: colour('--jp-ui-font-color1'), line: colour('--jp-ui-font-color2') };
}

/** The name of the theme: a picture is drawn anew when another is put on. */
function useTheme(): string {
  const now = (): string => THEME.map(name => document.body.getAttribute(name) ?? '').join(' ');
  const [theme, setTheme] = useState(now);
  useEffect(() => {
    // The colours of a theme come with its style sheet, a moment after its name.
    const observer = new MutationObserver(() => window.setTimeout(() => setTheme(now()), 300));
    observer.observe(document.body, { attributes: true, attributeFilter: THEME });
    return () => observer.disconnect();
  }, []);
  return theme;
}

function Numbers({ chart }: { chart: IChart }): JSX.Element {
  const { trans } = useDesk();
  const [open, setOpen] = useState(false);
  const rows = (): readonly string[][] =>
    chart.rows.map(row => chart.columns.map(column => (column === 'version' ? String(row[column]) : value(row[column]))));
  return (
    <details onToggle={event => setOpen((event.target as HTMLDetailsElement).open)}>
      <summary>{chart.title}</summary>
      {open && <Table label={chart.title} heads={chart.columns.map(name => spoken(name, trans))} rows={rows()} />}
    </details>
  );
}
