import React, { useMemo, useRef, useState } from 'react';

import { ModelVersion } from '../wire';
import { ref } from '../format';
import { discarding } from '../actions/moves';
import { Answered } from './answered';
import { ColumnChooser } from './columnchooser';
import { ALWAYS, ownColumns, plainColumns, sorted } from './columns';
import { useDesk } from './deskcontext';
import { Grid } from './grid';
import { QueryInput } from './queryinput';
import { useAnswer, useAnswerAt } from './useanswer';

const MOST = 20_000;
const AT_FIRST = ['version', 'stage', 'aliases', 'created', 'author'];
const METRICS = 3;

/** The versions of a model: filtered, sorted, with the columns that one wants, and ticked for comparing. */
export function Versions({ model }: { model: string }): JSX.Element {
  const { registry, trans } = useDesk();
  const [query, setQuery] = useState('');
  const [text, setText] = useState('');
  // there may be thousands: they are asked for anew only when something has happened to this very model
  const latest = useAnswer('history', { ref: model, limit: 1 });
  const ask = latest.reply && { what: model, query, limit: MOST };
  const failed = useRef(false);
  const moment = `${registry()} ${latest.reply?.entries[0]?.seq}`;
  const versions = useAnswerAt('list', ask, failed.current ? latest : moment);
  failed.current = versions.error !== null;
  const answered = latest.error ? { reply: null, error: latest.error } : versions;
  return (
    <>
      <form
        className="jp-Mlc-search"
        role="search"
        onSubmit={event => {
          event.preventDefault();
          setQuery(text.trim());
        }}
      >
        <QueryInput
          label={trans.__('Filter')}
          placeholder="metrics.auc > 0.7 and stage = 'candidate'"
          text={text}
          onChange={typed => {
            setText(typed);
            if (!typed) {
              setQuery('');
            }
          }}
        />
        <button className="jp-mod-styled" type="submit">
          {trans.__('Apply')}
        </button>
      </form>
      <Answered answered={answered}>{reply => <Sorted versions={reply.versions} more={reply.more} />}</Answered>
    </>
  );
}

function Sorted({ versions, more }: { versions: readonly ModelVersion[]; more: boolean }): JSX.Element {
  const { act, columns: wanted, compare, trans } = useDesk();
  const [by, setBy] = useState({ key: 'version', down: true });
  const [ticked, setTicked] = useState<ReadonlySet<string>>(new Set());
  const all = useMemo(() => [...plainColumns(trans), ...ownColumns(versions)], [versions]);
  const [chosen, setChosen] = useState<ReadonlySet<string> | null>(null);
  const shown = useMemo(() => chosen ?? atFirst(all.map(column => column.key), wanted()), [all, chosen]);
  const columns = all.filter(column => shown.has(column.key));
  const rows = useMemo(() => {
    const column = all.find(each => each.key === by.key) ?? all[0];
    return sorted(versions, column, by.down);
  }, [all, by, versions]);
  const refs = rows.map(ref).filter(name => ticked.has(name));
  return (
    <>
      <div className="jp-Mlc-deeds" role="toolbar" aria-label={trans.__('What to do with ticked versions')}>
        <button className="jp-mod-styled" disabled={refs.length < 2} onClick={() => compare(refs)}>
          {trans.__('Compare (%1)', refs.length)}
        </button>
        <button className="jp-mod-styled" disabled={!refs.length} onClick={() => act(discarding(refs, trans))}>
          {trans.__('Discard… (%1)', refs.length)}
        </button>
        <ColumnChooser
          columns={all.filter(({ key }) => !ALWAYS.includes(key))}
          chosen={shown}
          onChange={setChosen}
        />
        <span role="status">
          {trans._n('%1 version', '%1 versions', versions.length)}
          {more && ` ${trans.__('and more; filter to see others')}`}
        </span>
      </div>
      <Grid
        columns={columns}
        rows={rows}
        sortedBy={by.key}
        down={by.down}
        ticked={ticked}
        onSort={key => setBy({ key, down: by.key === key ? !by.down : true })}
        onTick={name => setTicked(toggled(ticked, name))}
      />
    </>
  );
}

/** The plain ones, and what the settings name; where they name nothing, the first few metrics. */
function atFirst(keys: readonly string[], wanted: readonly string[]): ReadonlySet<string> {
  const metrics = keys.filter(key => key.startsWith('metrics.') || key.startsWith('eval.')).slice(0, METRICS);
  return new Set([...AT_FIRST, ...(wanted.length ? wanted : metrics)]);
}

function toggled(ticked: ReadonlySet<string>, name: string): ReadonlySet<string> {
  const other = new Set(ticked);
  if (!other.delete(name)) {
    other.add(name);
  }
  return other;
}
