import React from 'react';

import { useDesk } from './deskcontext';
import { IHowFar } from './useasked';

export interface IHowLongProps {
  progress: IHowFar | null;
  onCancel: () => void;
}

/** How far a long answer is, and a way to want it no more. */
export function HowLong({ progress, onCancel }: IHowLongProps): JSX.Element {
  const { trans } = useDesk();
  const known = progress !== null && progress.total > 0;
  return (
    <div className="jp-Mlc-howFar" role="status">
      <progress
        aria-label={trans.__('How far it is')}
        {...(known ? { max: progress.total, value: progress.done } : {})}
      />
      <span>{progress?.text || trans.__('Working…')}</span>
      <button className="jp-mod-styled" onClick={onCancel}>
        {trans.__('Cancel')}
      </button>
    </div>
  );
}
