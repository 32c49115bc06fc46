import React from 'react';

import { useDesk } from './deskcontext';

/** A reference that opens its page. */
export function Reference({ name }: { name: string }): JSX.Element {
  const { open } = useDesk();
  return (
    <button className="jp-Mlc-link" onClick={() => open(name)}>
      {name}
    </button>
  );
}
