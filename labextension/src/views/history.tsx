import React from 'react';

import { moment } from '../format';
import { Answered } from './answered';
import { useDesk } from './deskcontext';
import { Table } from './section';
import { useAnswer } from './useanswer';

const MOST = 200;

/** What happened to a model or a version: the newest first. */
export function HistoryOf({ name }: { name: string }): JSX.Element {
  const { trans } = useDesk();
  const answered = useAnswer('history', { ref: name, limit: MOST });
  const heads = [trans.__('When'), trans.__('Who'), trans.__('What'), trans.__('Why')];
  return (
    <Answered answered={answered}>
      {reply => (
        <>
          <Table
            label={trans.__('History of %1', name)}
            heads={heads}
            rows={[...reply.entries].reverse().map(entry => [moment(entry.recorded), entry.who, entry.what, entry.why])}
          />
          {reply.more && <p>{trans.__('There is more; in a notebook: %1', `%mlc history ${name} --limit 1000`)}</p>}
        </>
      )}
    </Answered>
  );
}
