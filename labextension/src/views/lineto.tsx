import React from 'react';

import { useDesk } from './deskcontext';

export interface ILineToProps {
  source: string;
  /** What a click does where a cell can be inserted, and where the line can only be copied. */
  insert: string;
  copy: string;
}

/** Offers a line to run in the notebook. */
export function LineTo({ source, insert, copy }: ILineToProps): JSX.Element {
  const desk = useDesk();
  return (
    <button className="jp-Mlc-link" title={source} onClick={() => desk.insert(source)}>
      {desk.canInsert ? insert : copy}
    </button>
  );
}
