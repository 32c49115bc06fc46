import React, { useEffect, useState } from 'react';

import { Comm } from './comm';
import { english } from './english';

const LOOK = 400;
const LONG = 1500;

/** Says how far the kernel is, or that it does not answer yet: many answer only when their cell has ended. */
export function Waiting({ comm }: { comm: Comm }): JSX.Element {
  const said = useSaid(comm);
  return (
    <p className="jp-Mlc-waiting" role="status">
      {said}
    </p>
  );
}

function useSaid(comm: Comm): string {
  const [said, setSaid] = useState('');
  useEffect(() => {
    let since = 0;
    const timer = window.setInterval(() => {
      since = comm.open ? since || Date.now() : 0;
      setSaid(words(comm, since ? Date.now() - since : 0));
    }, LOOK);
    return () => window.clearInterval(timer);
  }, [comm]);
  return said;
}

function words(comm: Comm, waited: number): string {
  if (comm.doing) {
    return comm.doing;
  }
  return waited > LONG ? english.__('Waiting for the kernel: it may answer only when the cell that runs has ended.') : '';
}
