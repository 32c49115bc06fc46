import React from 'react';

import { spoken } from '../vocabulary';
import { Stage, Standing } from '../wire';
import { useDesk } from './deskcontext';

const STAGE_SIGNS: Readonly<Record<Stage, string>> = {
  candidate: '○',
  staging: '◐',
  production: '●',
  deprecated: '▽',
  retired: '■',
  archived: '▣',
  purged: '✕'
};
const STANDING_SIGNS: Readonly<Record<Standing, string>> = {
  computed: '✓',
  observed: '◉',
  attested: '✎',
  claimed: '?'
};

/** A stage: sign, word and colour, so that none of them is needed alone. */
export function StageChip({ stage, note = '' }: { stage: string; note?: string }): JSX.Element {
  const { trans } = useDesk();
  return (
    <span className="jp-Mlc-chip" data-stage={stage}>
      <span aria-hidden="true">{STAGE_SIGNS[stage as Stage]} </span>
      {spoken(stage, trans)}
      {note && ` ${note}`}
    </span>
  );
}

/** How a fact is known. */
export function StandingChip({ standing }: { standing: Standing }): JSX.Element {
  const { trans } = useDesk();
  const meanings: Readonly<Record<Standing, string>> = {
    computed: trans.__('computed by the registry from stored bytes'),
    observed: trans.__('read from the process in which it was made'),
    attested: trans.__('signed by a named person'),
    claimed: trans.__('typed or imported')
  };
  return (
    <span className="jp-Mlc-standing" data-standing={standing} title={meanings[standing]}>
      <span aria-hidden="true">{STANDING_SIGNS[standing]} </span>
      {spoken(standing, trans)}
    </span>
  );
}

export function Aliases({ aliases }: { aliases: readonly string[] }): JSX.Element {
  return (
    <>
      {aliases.map(alias => (
        <span key={alias} className="jp-Mlc-alias">
          @{alias}{' '}
        </span>
      ))}
    </>
  );
}

export function Tags({ tags }: { tags: Readonly<Record<string, string>> }): JSX.Element {
  return (
    <>
      {Object.entries(tags).map(([key, value]) => (
        <span key={key} className="jp-Mlc-tag">
          {key}={value}{' '}
        </span>
      ))}
    </>
  );
}
