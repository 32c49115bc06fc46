import React from 'react';

import { useDesk } from './deskcontext';

export interface IColumnChooserProps {
  keys: readonly string[];
  chosen: ReadonlySet<string>;
  onChange: (chosen: ReadonlySet<string>) => void;
}

/** Which metrics and parameters the table shows. */
export function ColumnChooser({ keys, chosen, onChange }: IColumnChooserProps): JSX.Element {
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
        {keys.map(key => (
          <label key={key}>
            <input type="checkbox" checked={chosen.has(key)} onChange={() => toggle(key)} /> {key}
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
