import React, { useState } from 'react';

import { Snapshot } from '../wire';
import { ICell, IFront, IStored } from '../registry/desk';
import { cellChanges } from './alignment';
import { useBlob } from './blob';
import { CellChanges } from './cellchanges';
import { useDesk } from './deskcontext';
import { Refused } from './refused';

export interface INotebookOfProps {
  name: string;
  snapshot: Snapshot;
}

/** The notebook in which a version was made: opened as it was, or set against the one in front. */
export function NotebookOf({ name, snapshot }: INotebookOfProps): JSX.Element | null {
  const { front, openNotebook, trans } = useDesk();
  const [other, setOther] = useState<IFront | null>(null);
  const [isAsked, setAsked] = useState(false);
  const digest = snapshot.notebook;
  if (!digest) {
    return null;
  }
  const set = (): void => {
    setOther(front?.() ?? null);
    setAsked(true);
  };
  return (
    <>
      <div className="jp-Mlc-deeds">
        {openNotebook && (
          <button className="jp-mod-styled" onClick={() => openNotebook(storedOf(name, digest))}>
            {trans.__('Open the notebook as it was')}
          </button>
        )}
        {front && (
          <button className="jp-mod-styled" onClick={set}>
            {trans.__('Difference to the open notebook')}
          </button>
        )}
      </div>
      {isAsked && !other && <p role="status">{trans.__('No notebook is open beside this page.')}</p>}
      {other && <Against key={other.name} digest={digest} name={name} other={other} />}
    </>
  );
}

/** The notebook of a version as a document, whose name can stand in a path. */
export function storedOf(name: string, digest: string): IStored {
  return { name: name.replace(/[/:@]/g, '-'), digest };
}

interface IAgainstProps {
  digest: string;
  name: string;
  other: IFront;
}

function Against({ digest, name, other }: IAgainstProps): JSX.Element {
  const { trans } = useDesk();
  const { text, error } = useBlob(digest);
  if (error) {
    return <Refused error={error} trans={trans} />;
  }
  if (text === null) {
    return <p role="status">{trans.__('Loading…')}</p>;
  }
  const changes = cellChanges(cellsOf(text), other.cells);
  return (
    <section className="jp-Mlc-against" aria-label={trans.__('Difference to the open notebook')}>
      <h3>{trans.__('%1 against the notebook of %2', other.name, name)}</h3>
      {changes.length ? <CellChanges changes={changes} /> : <p>{trans.__('Their cells of code are the same.')}</p>}
    </section>
  );
}

interface IStoredCell {
  cell_type: string;
  id?: string;
  source: string | readonly string[];
}

/** The cells of code of a stored notebook. */
export function cellsOf(text: string): readonly ICell[] {
  const cells: readonly IStoredCell[] = JSON.parse(text)?.cells ?? [];
  return cells
    .filter(cell => cell.cell_type === 'code')
    .map(({ id, source }) => ({ id: id ?? '', source: typeof source === 'string' ? source : source.join('') }));
}
