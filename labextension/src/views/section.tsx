import React, { useId } from 'react';

/** A part of a page under its heading. */
export function Section({ title, children }: { title: string; children: React.ReactNode }): JSX.Element {
  const id = useId();
  return (
    <section className="jp-Mlc-section" aria-labelledby={id}>
      <h2 id={id}>{title}</h2>
      {children}
    </section>
  );
}

export type Fact = readonly [string, React.ReactNode];

/** Names with what they are; what is empty is left out. */
export function Facts({ facts }: { facts: readonly Fact[] }): JSX.Element {
  return (
    <dl className="jp-Mlc-facts">
      {facts
        .filter(([, what]) => what !== '' && what !== null && what !== undefined)
        .map(([name, what]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{what}</dd>
          </div>
        ))}
    </dl>
  );
}

export interface ITableProps {
  label: string;
  heads: readonly string[];
  rows: readonly (readonly React.ReactNode[])[];
  /** Rows that are to be seen first. */
  marked?: ReadonlySet<number>;
}

/** A small table; the first column names the row. */
export function Table({ label, heads, rows, marked }: ITableProps): JSX.Element {
  return (
    <div className="jp-Mlc-wide" tabIndex={0} role="group" aria-label={label}>
      <table aria-label={label}>
        <thead>
          <tr>
            {heads.map(head => (
              <th key={head} scope="col">
                {head}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row, at) => (
            <tr key={at} data-differs={marked?.has(at) || undefined}>
              {row.map((cell, place) =>
                place === 0 ? (
                  <th key={place} scope="row">
                    {cell}
                  </th>
                ) : (
                  <td key={place}>{cell}</td>
                )
              )}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
