import React from 'react';

import { ModelVersion } from '../wire';
import { bytes, short } from '../format';
import { useBlob } from './blob';
import { useDesk } from './deskcontext';
import { Refused } from './refused';
import { Facts, Table } from './section';

const TITLE = 'org.opencontainers.image.title';

interface ILayer {
  digest: string;
  size: number;
  annotations?: Readonly<Record<string, string>>;
}

/** What a version is made of, as its manifest says. */
export function Files({ version, place }: { version: ModelVersion; place: string }): JSX.Element {
  const { trans } = useDesk();
  const gone = version.stage === 'purged';
  return (
    <>
      <Facts
        facts={[
          [trans.__('Digest'), <code>{version.artifact}</code>],
          [trans.__('Kept at'), place],
          [trans.__('Size'), bytes(version.size)]
        ]}
      />
      {gone ? <p>{trans.__('The bytes are gone; this version was purged.')}</p> : <Layers digest={version.artifact} />}
    </>
  );
}

function Layers({ digest }: { digest: string }): JSX.Element {
  const { trans } = useDesk();
  const { text, error } = useBlob(digest);
  if (error) {
    return <Refused error={error} trans={trans} />;
  }
  const layers: readonly ILayer[] = text ? JSON.parse(text).layers ?? [] : [];
  const rows = layers.map(layer => [
    layer.annotations?.[TITLE] ?? short(layer.digest),
    bytes(layer.size),
    <code>{short(layer.digest)}</code>
  ]);
  return (
    <Table label={trans.__('Files')} heads={[trans.__('File'), trans.__('Size'), trans.__('Digest')]} rows={rows} />
  );
}
