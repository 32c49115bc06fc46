import React from 'react';

import { Edge, LineageReply, Node } from '../wire';
import { spoken } from '../vocabulary';
import { StandingChip } from './chips';
import { useDesk } from './deskcontext';
import { hasPage } from './haspage';
import { Reference } from './reference';

type Way = 'above' | 'below';

/** What a version came from, and what came of it, as two trees. */
export function Trees({ reply }: { reply: LineageReply }): JSX.Element {
  const { trans } = useDesk();
  return (
    <div className="jp-Mlc-beside">
      <section aria-label={trans.__('Came from')}>
        <h3>{trans.__('Came from')}</h3>
        <Tree reply={reply} at={reply.version} way="above" />
      </section>
      <section aria-label={trans.__('What came of it')}>
        <h3>{trans.__('What came of it')}</h3>
        <Tree reply={reply} at={reply.version} way="below" />
      </section>
    </div>
  );
}

function Tree({ reply, at, way }: { reply: LineageReply; at: string; way: Way }): JSX.Element | null {
  const { trans } = useDesk();
  const from: Way = way === 'above' ? 'below' : 'above';
  const edges = reply.edges.filter(edge => edge[from] === at);
  if (!edges.length) {
    return at === reply.version ? <p>{trans.__('Nothing is known.')}</p> : null;
  }
  return (
    <ul className="jp-Mlc-tree">
      {edges.map(edge => (
        <li key={edge[way]}>
          <Leaf edge={edge} node={reply.nodes.find(node => node.id === edge[way])} />
          <Tree reply={reply} at={edge[way]} way={way} />
        </li>
      ))}
    </ul>
  );
}

function Leaf({ edge, node }: { edge: Edge; node: Node | undefined }): JSX.Element | null {
  const { trans } = useDesk();
  if (!node) {
    return null;
  }
  return (
    <>
      <span className="jp-Mlc-kind">{spoken(node.kind, trans)}</span>{' '}
      {hasPage(node) ? <Reference name={node.id} /> : <span title={node.id}>{shown(node)}</span>}{' '}
      {node.text} <StandingChip standing={edge.standing} />
    </>
  );
}

/** An id that people know, such as `run/3`; a digest says nothing that its text does not. */
function shown(node: Node): string {
  return node.id.includes(':') ? '' : node.id;
}
