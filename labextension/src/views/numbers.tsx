import React, { useState } from 'react';

import { Measured, ModelVersion, Parameter, Standing, STANDINGS } from '../wire';
import { value } from '../format';
import { spoken } from '../vocabulary';
import { StandingChip } from './chips';
import { useDesk } from './deskcontext';
import { Table } from './section';

/** Metrics and parameters, each with how it is known. */
export function Numbers({ version }: { version: ModelVersion }): JSX.Element {
  const { trans } = useDesk();
  const [standing, setStanding] = useState<Standing | ''>('');
  const passes = (one: { standing: Standing }): boolean => !standing || one.standing === standing;
  const metrics = version.metrics.filter(passes);
  const params = version.params.filter(passes);
  return (
    <>
      <label className="jp-Mlc-search">
        <span>{trans.__('How it is known')}</span>
        <select
          value={standing}
          onChange={event => setStanding(event.target.value as Standing | '')}
        >
          <option value="">{trans.__('any way')}</option>
          {STANDINGS.map(each => (
            <option key={each} value={each}>
              {spoken(each, trans)}
            </option>
          ))}
        </select>
      </label>
      <div className="jp-Mlc-beside">
        <Known label={trans.__('Metrics')} facts={metrics} none={trans.__('No metrics.')} />
        <Known label={trans.__('Parameters')} facts={params} none={trans.__('No parameters.')} />
      </div>
    </>
  );
}

interface IKnownProps {
  label: string;
  none: string;
  facts: readonly (Measured | Parameter)[];
}

function Known({ label, facts, none }: IKnownProps): JSX.Element {
  const { trans } = useDesk();
  if (!facts.length) {
    return <p>{none}</p>;
  }
  const rows = facts.map(fact => [fact.key, value(fact.value) || 'None', <StandingChip standing={fact.standing} />]);
  return <Table label={label} heads={[label, trans.__('Value'), trans.__('Known as')]} rows={rows} />;
}
