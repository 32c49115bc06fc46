import React, { useState } from 'react';

import { LineageReply, Node } from '../wire';
import { Answered } from './answered';
import { useDesk } from './deskcontext';
import { Graph } from './graph/graph';
import { hasPage } from './haspage';
import { storedOf } from './notebookof';
import { Trees } from './trees';
import { useAnswer } from './useanswer';

export interface ILineageProps {
  name: string;
  /** The digest of the notebook in which it was made, if that was kept. */
  notebook: string | null;
}

/** What a version came from, and what came of it: drawn, and as text. */
export function LineageOf({ name, notebook }: ILineageProps): JSX.Element {
  const { open, openNotebook, trans } = useDesk();
  const [isText, setText] = useState(false);
  const opener = (reply: LineageReply) => (node: Node) => {
    if (node.kind === 'notebook' && notebook && openNotebook) {
      return () => openNotebook(storedOf(name, notebook));
    }
    return hasPage(node) && node.id !== reply.version ? () => open(node.id) : null;
  };
  return (
    <Answered answered={useAnswer('lineage', { ref: name })}>
      {reply => (
        <>
          <Graph reply={reply} opener={opener(reply)} />
          <details onToggle={event => setText((event.target as HTMLDetailsElement).open)}>
            <summary>{trans.__('Lineage as text')}</summary>
            {isText && <Trees reply={reply} />}
          </details>
        </>
      )}
    </Answered>
  );
}
