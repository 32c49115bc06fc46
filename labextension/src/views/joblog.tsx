import React, { useEffect, useRef } from 'react';

import { JobLogsReply } from '../wire';
import { useDesk } from './deskcontext';

const NEAR = 40;

/** What the cells of a job said, as text; whoever reads the end goes on reading the end. */
export function JobLog({ reply }: { reply: JobLogsReply }): JSX.Element {
  const { trans } = useDesk();
  const box = useRef<HTMLPreElement>(null);
  const atEnd = useRef(true);
  const text = reply.lines.join('\n');
  useEffect(() => {
    if (box.current && atEnd.current) {
      box.current.scrollTop = box.current.scrollHeight;
    }
  }, [text]);
  if (!text) {
    return <p>{reply.has_ended ? trans.__('It said nothing.') : trans.__('It has said nothing yet.')}</p>;
  }
  return (
    <pre
      ref={box}
      className="jp-Mlc-text jp-Mlc-log"
      tabIndex={0}
      role="log"
      aria-label={trans.__('Log')}
      onScroll={({ currentTarget: { scrollHeight, scrollTop, clientHeight } }) => {
        atEnd.current = scrollHeight - scrollTop - clientHeight < NEAR;
      }}
    >
      {text}
    </pre>
  );
}
