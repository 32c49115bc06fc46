import React, { useEffect, useState } from 'react';

import { useDesk } from './deskcontext';
import { Refused } from './refused';

export interface IBlobProps {
  title: string;
  digest: string;
  read?: (text: string) => string;
}

/** A stored text, fetched when somebody wants to read it. */
export function Blob({ title, digest, read = text => text }: IBlobProps): JSX.Element {
  const [open, setOpen] = useState(false);
  return (
    <details onToggle={event => setOpen((event.target as HTMLDetailsElement).open)}>
      <summary>{title}</summary>
      {open && <Read digest={digest} title={title} read={read} />}
    </details>
  );
}

function Read({ title, digest, read }: Required<IBlobProps>): JSX.Element {
  const { trans } = useDesk();
  const { text, error } = useBlob(digest);
  if (error) {
    return <Refused error={error} trans={trans} />;
  }
  return (
    <pre className="jp-Mlc-text" tabIndex={0} aria-label={title}>
      {text === null ? trans.__('Loading…') : read(text)}
    </pre>
  );
}

export function useBlob(digest: string): { text: string | null; error: Error | null } {
  const { blob } = useDesk();
  const [text, setText] = useState<string | null>(null);
  const [error, setError] = useState<Error | null>(null);
  useEffect(() => {
    let current = true;
    blob(digest).then(
      text => current && setText(text),
      error => current && setError(error)
    );
    return () => {
      current = false;
    };
  }, [digest]);
  return { text, error };
}
