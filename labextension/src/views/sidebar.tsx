import React, { useEffect, useState } from 'react';

import { List } from '../wire';
import { undoing } from '../actions/words';
import { Answered } from './answered';
import { useDesk } from './deskcontext';
import { Found } from './found';
import { Models } from './models';
import { useAnswer } from './useanswer';

const PAUSE = 250;
const MOST_FOUND = 1000;
const MOST_MODELS = 100_000;
/** What makes a query of a word; a plain word narrows the list of models. */
const QUERY = /[<>=~()\s`'"]/;

/** The panel at the side: all models, or what a query finds. */
export function Sidebar({ searchRef }: { searchRef: React.Ref<HTMLInputElement> }): JSX.Element {
  const desk = useDesk();
  const { trans } = desk;
  const [text, setText] = useState('');
  const query = usePaused(text.trim());
  const isQuery = QUERY.test(query);
  const ask: List = isQuery ? { what: query, limit: MOST_FOUND } : { limit: MOST_MODELS };
  const answered = useAnswer('list', ask);
  return (
    <>
      <div className="jp-Mlc-header">
        <h2>{trans.__('Models')}</h2>
        <button className="jp-mod-styled" onClick={desk.refresh}>
          {trans.__('Refresh')}
        </button>
        <button className="jp-mod-styled" onClick={() => desk.act(undoing(trans))}>
          {trans.__('Undo…')}
        </button>
      </div>
      {desk.registry() && (
        <p className="jp-Mlc-registry" title={desk.registry()}>
          {desk.registry()}
        </p>
      )}
      <label className="jp-Mlc-search">
        <span>{trans.__('Search')}</span>
        <input
          ref={searchRef}
          type="search"
          className="jp-mod-styled"
          value={text}
          placeholder="metrics.auc > 0.7 and stage = 'staging'"
          spellCheck={false}
          onChange={event => setText(event.target.value)}
        />
      </label>
      <Answered answered={answered}>
        {reply => (reply.of === 'models' ? <Models models={reply.models} word={query} /> : <Found reply={reply} />)}
      </Answered>
    </>
  );
}

/** A value, once it has been the same for a moment. */
function usePaused(text: string): string {
  const [paused, setPaused] = useState(text);
  useEffect(() => {
    const timer = window.setTimeout(() => setPaused(text), PAUSE);
    return () => window.clearTimeout(timer);
  }, [text]);
  return paused;
}
