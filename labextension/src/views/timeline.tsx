import React from 'react';

import { ModelVersion } from '../wire';
import { moment, ref } from '../format';
import { StageChip } from './chips';
import { useDesk } from './deskcontext';
import { Reference } from './reference';

const WHOLE = 100;

/** When each version was made, and since when it stands where it stands, on one line of time. */
export function Timeline({ versions }: { versions: readonly ModelVersion[] }): JSX.Element {
  const { trans } = useDesk();
  const start = Math.min(...versions.map(version => version.created));
  const end = Date.now() * 1000;
  const place = (micros: number): string => `${(WHOLE * (micros - start)) / Math.max(1, end - start)}%`;
  return (
    <ol className="jp-Mlc-timeline">
      {versions.map(version => (
        <li key={version.id}>
          <Reference name={ref(version)} />
          <StageChip stage={version.stage} />
          <span className="jp-Mlc-since">{trans.__('since %1', moment(version.since))}</span>
          <span className="jp-Mlc-track" aria-hidden="true">
            <span className="jp-Mlc-made" style={{ left: place(version.created) }} />
            <span className="jp-Mlc-bar" data-stage={version.stage} style={{ left: place(version.since), right: 0 }} />
          </span>
        </li>
      ))}
    </ol>
  );
}
