import React from 'react';

import { IColumn } from './columns';
import { useDesk } from './deskcontext';

export interface IColumnChooserProps {
  columns: readonly IColumn[];
  chosen: ReadonlySet<string>;
  onChange: (chosen: ReadonlySet<string>) => void;
}

/** Which columns the table shows. */
export function ColumnChooser({ columns, chosen, onChange }: IColumnChooserProps): JSX.Element {
  const { trans } = useDesk();
  const toggle = (key: string): void => {
    const other = new Set(chosen);
    if (!other.delete(key)) {
      other.add(key);
    }
    onChange(other);
  };
  return (
    <details className="jp-Mlc-columns" onKeyDown={event => event.key === 'Escape' && close(event.currentTarget)}>
      <summary>{trans.__('Columns')}</summary>
      <fieldset>
        <legend>{trans.__('Columns of the table')}</legend>
        {columns.map(({ key, head }) => (
          <label key={key}>
            <input type="checkbox" checked={chosen.has(key)} onChange={() => toggle(key)} /> {head}
          </label>
        ))}
      </fieldset>
    </details>
  );
}

function close(box: HTMLDetailsElement): void {
  box.open = false;
  box.querySelector('summary')?.focus();
}
