import React, { useEffect, useState } from 'react';

import { List } from '../wire';
import { undoing } from '../actions/words';
import { Answered } from './answered';
import { useDesk } from './deskcontext';
import { Found } from './found';
import { RunningJobs } from './jobs';
import { Models } from './models';
import { QueryInput } from './queryinput';
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
        <button className="jp-mod-styled" onClick={() => desk.open(':jobs')}>
          {trans.__('Jobs')}
        </button>
        <button className="jp-mod-styled" onClick={() => desk.open(':verify')}>
          {trans.__('Verify')}
        </button>
      </div>
      {desk.registry() && (
        <details className="jp-Mlc-registry" title={desk.registry()}>
          <summary>{desk.registry()}</summary>
          <p>
            {trans.__(
              'The registry of the notebook in front; of a notebook without one, and where none is open, that of the ' +
                'settings, else that of the Jupyter server: what MLC_REGISTRY names, or the nearest .mlc folder above ' +
                'where it works. A notebook changes its own with %1.',
              '%mlc use'
            )}
          </p>
        </details>
      )}
      <QueryInput
        label={trans.__('Search')}
        placeholder="metrics.auc > 0.7 and stage = 'staging'"
        text={text}
        onChange={setText}
        inputRef={searchRef}
      />
      <RunningJobs />
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
