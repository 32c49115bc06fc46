import React, { useEffect, useRef, useState } from 'react';

import { refused } from '../actions/carrying';
import { Wanted } from '../actions/wanted';
import { undoing } from '../actions/words';
import { Draw, IDesk } from '../registry/desk';
import { WithDesk } from '../views/deskcontext';
import { ComparePage } from '../views/comparepage';
import { PageOf } from '../views/pageof';
import { Sidebar } from '../views/sidebar';
import { Changed } from './changed';
import { Comm } from './comm';
import { Dialog, IEnded } from './dialog';
import { english } from './english';
import { INotice, Notice } from './notice';
import { begun, here, IPlace, IVisited, stepped, titleOf, went } from './places';
import { Waiting } from './waiting';

export interface IFrameProps {
  comm: Comm;
  changed: Changed;
  draw: Draw;
  registry: string;
  start: IPlace;
  /** An act that is to be asked about at once. */
  act: ((desk: IDesk) => Promise<Wanted>) | null;
}

/** The panel in an output of a notebook: one page at a time, with the way back. */
export function Frame({ comm, changed, draw, registry, start, act }: IFrameProps): JSX.Element {
  const [visited, setVisited] = useState<IVisited>(() => begun(start));
  const [wanted, setWanted] = useState<Wanted | null>(null);
  const [notice, setNotice] = useState<INotice | null>(null);
  const body = useRef<HTMLDivElement>(null);
  const go = (place: IPlace): void => setVisited(visited => went(visited, place));
  const refuse = (error: Error): void => setNotice({ text: refused(error), went: 'wrong', canUndo: false });
  const [desk] = useState<IDesk>(() => ({
    call: comm.call,
    blob: comm.blob,
    trans: english,
    registry: () => registry,
    changed,
    refresh: () => changed.emit(),
    open: ref => go({ refs: [ref] }),
    compare: refs => go({ refs }),
    act: wanted => void Promise.resolve<Wanted>(wanted).then(setWanted, refuse),
    insert: source => void copy(source).then(setNotice),
    canInsert: false,
    columns: () => [],
    draw
  }));
  useEffect(() => {
    act?.(desk).then(setWanted, refuse);
  }, []);
  const place = here(visited);
  useEffect(() => {
    body.current?.scrollTo(0, 0);
  }, [place]);
  const ended = (ended: IEnded | null): void => {
    setWanted(null);
    if (ended) {
      setNotice(ended);
      changed.emit();
    }
    if (ended?.opens) {
      desk.open(ended.opens);
    }
  };
  return (
    <WithDesk desk={desk}>
      <Bar
        visited={visited}
        onStep={steps => setVisited(stepped(visited, steps))}
        onAll={() => go({ refs: [] })}
        onRefresh={desk.refresh}
      />
      <Waiting comm={comm} />
      {notice && (
        <Notice notice={notice} onUndo={() => setWanted(undoing(english))} onClose={() => setNotice(null)} />
      )}
      <div ref={body} className={`jp-Mlc-body ${place.refs.length ? 'jp-Mlc-page' : 'jp-Mlc-side'}`} tabIndex={-1}>
        <View key={titleOf(place)} place={place} />
      </div>
      {wanted && <Dialog key={wanted.title} desk={desk} wanted={wanted as never} onClose={ended} />}
    </WithDesk>
  );
}

function View({ place }: { place: IPlace }): JSX.Element {
  if (place.compare) {
    return <ComparePage ask={place.compare} />;
  }
  return place.refs.length ? <PageOf refs={place.refs} /> : <Sidebar searchRef={null} />;
}

/** Pages that no reference names. */
const NAMED: Readonly<Record<string, string>> = {
  ':jobs': english.__('Jobs'),
  ':verify': english.__('Verification')
};

interface IBarProps {
  visited: IVisited;
  onStep: (steps: number) => void;
  onAll: () => void;
  onRefresh: () => void;
}

function Bar({ visited, onStep, onAll, onRefresh }: IBarProps): JSX.Element {
  const place = here(visited);
  return (
    <div className="jp-Mlc-deeds jp-Mlc-way" role="toolbar" aria-label={english.__('Way through the panel')}>
      <button className="jp-mod-styled" disabled={visited.at === 0} onClick={() => onStep(-1)}>
        <span aria-hidden="true">← </span>
        {english.__('Back')}
      </button>
      <button className="jp-mod-styled" disabled={visited.at === visited.places.length - 1} onClick={() => onStep(1)}>
        {english.__('Forward')}
        <span aria-hidden="true"> →</span>
      </button>
      <button className="jp-mod-styled" disabled={!place.refs.length} onClick={onAll}>
        {english.__('All models')}
      </button>
      {place.refs.length > 0 && (
        <>
          <button className="jp-mod-styled" onClick={onRefresh}>
            {english.__('Refresh')}
          </button>
          <strong className="jp-Mlc-where">{NAMED[titleOf(place)] ?? titleOf(place)}</strong>
        </>
      )}
    </div>
  );
}

/** Have a line at hand to be pasted into a cell; where a browser does not allow that, show it to be copied. */
async function copy(source: string): Promise<INotice> {
  try {
    await navigator.clipboard.writeText(source);
    return { text: english.__('Copied, to be pasted into a cell:'), line: source, went: 'well', canUndo: false };
  } catch {
    return { text: english.__('For a cell of the notebook:'), line: source, went: 'well', canUndo: false };
  }
}
