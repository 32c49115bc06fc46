import React from 'react';

import { useAsked } from './useasked';
import { Answered } from './answered';
import { useDesk } from './deskcontext';
import { HowLong } from './howlong';
import { Facts, Table } from './section';

/** Whether everything is as it was recorded; looked at when somebody wants to know. */
export function VerifyPage(): JSX.Element {
  const { registry, trans } = useDesk();
  const { answered, asking, progress, ask, cancel } = useAsked('verify');
  const look = (quick: boolean): void => {
    if (!asking) {
      ask({ quick });
    }
  };
  return (
    <>
      <h1>{trans.__('Verify the registry')}</h1>
      <p>{trans.__('Every event, signature and file of %1 is read and set against what was recorded.', registry())}</p>
      <div className="jp-Mlc-deeds">
        <button className="jp-mod-styled" aria-disabled={asking} onClick={() => look(false)}>
          {trans.__('Verify everything')}
        </button>
        <button className="jp-mod-styled" aria-disabled={asking} onClick={() => look(true)}>
          {trans.__('Verify what is new')}
        </button>
      </div>
      {asking && <HowLong progress={progress} onCancel={cancel} />}
      {!asking && answered && (
        <Answered answered={answered}>
          {reply => (
            <>
              <p className="jp-Mlc-verdict" role="status">
                {reply.findings.length
                  ? `✕ ${trans._n('%1 thing is not as it was recorded', '%1 things are not as they were recorded', reply.findings.length)}`
                  : `✓ ${trans.__('everything is as it was recorded')}`}
              </p>
              <Facts
                facts={[
                  [trans.__('Consistent up to'), trans.__('event %1', reply.consistent_to)],
                  [trans.__('Anchored up to'), trans.__('event %1', reply.anchored_to)],
                  [trans.__('Events'), String(reply.events)],
                  [trans.__('Signatures'), String(reply.signatures)],
                  [trans.__('Versions'), String(reply.versions)],
                  [trans.__('Files'), String(reply.blobs)],
                  [trans.__('Who can write'), reply.writers]
                ]}
              />
              {reply.findings.length > 0 && (
                <Table
                  label={trans.__('What was found')}
                  heads={[trans.__('Where'), trans.__('What')]}
                  rows={reply.findings.map(one => [one.where, one.what])}
                />
              )}
            </>
          )}
        </Answered>
      )}
    </>
  );
}
