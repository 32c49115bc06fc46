import React, { useLayoutEffect, useRef } from 'react';

import { LineageReply, More, Node, Spot } from '../../wire';
import { spoken } from '../../vocabulary';
import { StandingChip } from '../chips';
import { useDesk } from '../deskcontext';
import { CARD, corner, extent, HEAD, ILine, IPoint, lines, STEM } from './geometry';

const CARD_SIZE = { width: em(CARD.wide), height: em(CARD.high) };

export interface IGraphProps {
  reply: LineageReply;
  /** What opens the page of a thing; null where it has none. */
  opener: (node: Node) => (() => void) | null;
}

/** The lineage as a picture: what came before on the left, what came of it on the right. */
export function Graph({ reply, opener }: IGraphProps): JSX.Element {
  const { trans } = useDesk();
  const { drawing, nodes, version } = reply;
  const box = useRef<HTMLDivElement>(null);
  const size = extent(drawing);
  const drawn = lines(drawing, version);
  const known = new Map(nodes.map(node => [node.id, node]));
  const more = new Map(drawing.more.map(one => [one.key, one]));
  useLayoutEffect(() => show(box.current), [size.x, size.y]);
  return (
    <div ref={box} className="jp-Mlc-wide" tabIndex={0} role="group" aria-label={trans.__('Lineage of %1', version)}>
      <div className="jp-Mlc-graph" style={{ width: em(size.x), height: em(size.y) }}>
        <svg viewBox={`0 0 ${size.x} ${size.y}`} aria-hidden="true" focusable="false">
          {drawing.ways.map((way, at) => (
            <Arrow key={at} line={drawn[at]} isWeak={way.standing === 'claimed'} />
          ))}
        </svg>
        {drawing.ways.map(
          ({ standing }, at) =>
            standing && (
              <div key={at} className="jp-Mlc-edge" style={{ ...place(drawn[at].label), width: em(STEM) }}>
                <StandingChip standing={standing} />
              </div>
            )
        )}
        <ul>
          {[...drawing.spots].sort(inOrder).map(({ key, layer, row }) => (
            <li key={key} style={{ ...place(corner(layer, row)), ...CARD_SIZE }} aria-current={key === version || undefined}>
              <Card id={key} node={known.get(key)} more={more.get(key)} opener={opener} />
            </li>
          ))}
        </ul>
      </div>
    </div>
  );
}

interface ICardProps {
  id: string;
  node: Node | undefined;
  more: More | undefined;
  opener: IGraphProps['opener'];
}

function Card({ id, node, more, opener }: ICardProps): JSX.Element {
  const { trans } = useDesk();
  if (more) {
    return (
      <span title={trans.__('All of them stand below, as text.')}>{trans.__('%1 more (%2)', more.count, spoken(more.kind, trans))}</span>
    );
  }
  const open = node && opener(node);
  const name = node ? shown(node) : id;
  return (
    <>
      <div title={id}>
        {open ? (
          <button className="jp-Mlc-link" onClick={open}>
            {name}
          </button>
        ) : (
          <strong>{name}</strong>
        )}
      </div>
      <div>{node && spoken(node.kind, trans)}</div>
      <div title={node?.text}>{node?.text}</div>
    </>
  );
}

/** What tells a thing apart where its kind stands below: a file without folders, a dataset without its group. */
function shown({ id, kind }: Node): string {
  return kind === 'notebook' || kind === 'dataset' ? id.slice(id.lastIndexOf('/') + 1) : id;
}

function Arrow({ line: { path, tip }, isWeak }: { line: ILine; isWeak: boolean }): JSX.Element {
  const back = tip.x - HEAD.long;
  const head = `M${back} ${tip.y - HEAD.wide}L${tip.x} ${tip.y}L${back} ${tip.y + HEAD.wide}`;
  return (
    <>
      <path d={path} data-weak={isWeak || undefined} />
      <path d={head} />
    </>
  );
}

/** Brings what it is about into sight, where there is no room for all of it. */
function show(box: HTMLElement | null): void {
  const card = box?.querySelector<HTMLElement>('[aria-current]');
  if (box && card) {
    box.scrollLeft = card.offsetLeft - (box.clientWidth - card.offsetWidth) / 2;
    box.scrollTop = card.offsetTop - (box.clientHeight - card.offsetHeight) / 2;
  }
}

function inOrder(one: Spot, other: Spot): number {
  return one.layer - other.layer || one.row - other.row;
}

function place({ x, y }: IPoint): React.CSSProperties {
  return { left: em(x), top: em(y) };
}

function em(length: number): string {
  return `${length}em`;
}
