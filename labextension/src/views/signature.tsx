import React from 'react';

import { Feature, Signature } from '../wire';
import { useDesk } from './deskcontext';
import { Table } from './section';

/** What goes into a model, and what comes out. */
export function SignatureOf({ signature }: { signature: Signature }): JSX.Element {
  const { trans } = useDesk();
  if (!signature.inputs.length && !signature.outputs.length) {
    return <p>{trans.__('Not known: it was registered without data.')}</p>;
  }
  return (
    <div className="jp-Mlc-beside">
      <Features label={trans.__('Inputs')} features={signature.inputs} />
      <Features label={trans.__('Outputs')} features={signature.outputs} />
    </div>
  );
}

function Features({ label, features }: { label: string; features: readonly Feature[] }): JSX.Element {
  const { trans } = useDesk();
  const rows = features.map(feature => [feature.name, `${feature.type} ${feature.shape.join(' × ')}`.trim()]);
  return <Table label={label} heads={[label, trans.__('Type')]} rows={rows} />;
}
