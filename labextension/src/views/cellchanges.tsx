import React from 'react';

import { spoken } from '../vocabulary';
import { CellChange } from '../wire';
import { useDesk } from './deskcontext';

const SIGNS: Readonly<Record<CellChange['change'], string>> = { added: '+', removed: '−', changed: '≠', moved: '⇅' };

/** What changed from one notebook to another, cell by cell. */
export function CellChanges({ changes }: { changes: readonly CellChange[] }): JSX.Element {
  const { trans } = useDesk();
  return (
    <>
      {changes.map((change, at) => (
        <details key={at} className="jp-Mlc-cellChange">
          <summary>
            <span aria-hidden="true">{SIGNS[change.change]} </span>
            {spoken(change.change, trans)}: <code>{change.title}</code>
            {change.same_code && ` ${trans.__('(reads the same to Python)')}`}
          </summary>
          {change.lines.length > 0 && (
            <pre className="jp-Mlc-text" tabIndex={0} aria-label={trans.__('Lines of %1', change.title)}>
              {change.lines.map((line, place) => (
                <div key={place} data-line={line[0]}>
                  {line}
                </div>
              ))}
            </pre>
          )}
        </details>
      ))}
    </>
  );
}
