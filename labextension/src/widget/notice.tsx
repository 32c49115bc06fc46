import React from 'react';

import { english } from './english';
import { IEnded } from './dialog';

export interface INotice extends IEnded {
  /** A line to run in the notebook. */
  line?: string;
}

export interface INoticeProps {
  notice: INotice;
  onUndo: () => void;
  onClose: () => void;
}

/** What was done, or why not. */
export function Notice({ notice, onUndo, onClose }: INoticeProps): JSX.Element {
  const wrong = notice.went === 'wrong';
  return (
    <div className={wrong ? 'jp-Mlc-refused' : 'jp-Mlc-notice'} role={wrong ? 'alert' : 'status'}>
      <span className="jp-Mlc-reason">
        <span aria-hidden="true">{wrong ? '✕ ' : '✓ '}</span>
        {notice.text} {notice.line && <code>{notice.line}</code>}
      </span>
      {notice.canUndo && (
        <button className="jp-mod-styled" onClick={onUndo}>
          {english.__('Undo…')}
        </button>
      )}
      <button className="jp-mod-styled" onClick={onClose}>
        {english.__('Close')}
      </button>
    </div>
  );
}
