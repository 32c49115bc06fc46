import React from 'react';

import { ListReply, ModelVersion } from '../wire';
import { ref, value } from '../format';
import { Aliases, StageChip } from './chips';
import { Choices } from './choices';
import { useDesk } from './deskcontext';

const METRICS = 2;

/** The versions that a query found. */
export function Found({ reply }: { reply: ListReply }): JSX.Element {
  const { open, trans } = useDesk();
  const count = trans._n('%1 version', '%1 versions', reply.versions.length);
  return (
    <>
      <p className="jp-Mlc-count" role="status">
        {reply.more ? trans.__('the first %1', count) : count}
      </p>
      {reply.warnings.map(warning => (
        <p key={warning} className="jp-Mlc-warning">
          ⚠ {warning}
        </p>
      ))}
      {reply.versions.length > 0 && (
        <Choices
          label={trans.__('Versions found')}
          items={reply.versions}
          name={ref}
          draw={version => <VersionLine version={version} />}
          onOpen={version => open(ref(version))}
        />
      )}
    </>
  );
}

function VersionLine({ version }: { version: ModelVersion }): JSX.Element {
  const metrics = version.metrics.slice(0, METRICS).map(metric => `${metric.key} ${value(metric.value)}`);
  return (
    <>
      <div className="jp-Mlc-name">
        {ref(version)} <Aliases aliases={version.aliases} />
      </div>
      <div className="jp-Mlc-chips">
        <StageChip stage={version.stage} />
        <span>{metrics.join(' · ')}</span>
      </div>
    </>
  );
}
