import React from 'react';

import { Wanted } from '../actions/wanted';
import { useDesk } from './deskcontext';

export type Deed = readonly [string, () => Wanted | Promise<Wanted>];

export interface IDeedsProps {
  deeds: readonly Deed[];
  /** Buttons that lead somewhere else. */
  children?: React.ReactNode;
}

/**
 * The acts that a page offers, each as a button that asks first. What is in the place of another one when that is over,
 * has its focus.
 */
export function Deeds({ deeds, children }: IDeedsProps): JSX.Element {
  const { act, trans } = useDesk();
  return (
    <div className="jp-Mlc-deeds" role="toolbar" aria-label={trans.__('What can be done')}>
      {deeds.map(([label, wanted], place) => (
        <button key={place} className="jp-mod-styled" onClick={() => act(wanted())}>
          {label}
        </button>
      ))}
      {children}
    </div>
  );
}
