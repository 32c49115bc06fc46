import React, { useState } from 'react';

import { Model, ModelVersion } from '../wire';
import { StageChip } from './chips';
import { Choices } from './choices';
import { useDesk } from './deskcontext';
import { useAnswer } from './useanswer';

const STAGED = "stage = 'staging'";
const MOST = 1000;

type Filter = 'all' | 'champion' | 'none' | 'staging' | 'retired';

/** All models whose name holds the word. */
export function Models({ models, word }: { models: readonly Model[]; word: string }): JSX.Element {
  const { open, trans } = useDesk();
  const [filter, setFilter] = useState<Filter>('all');
  const staged = counted(useAnswer('list', { what: STAGED, limit: MOST }).reply?.versions ?? []);
  const found = models.filter(model => named(model, word) && passes(model, filter, staged));
  const words: Readonly<Record<Filter, string>> = {
    all: trans.__('all models'),
    champion: trans.__('with a champion'),
    none: trans.__('without a champion'),
    staging: trans.__('with versions in staging'),
    retired: trans.__('retired')
  };
  return (
    <>
      <label className="jp-Mlc-search">
        <span>{trans.__('Show')}</span>
        <select value={filter} onChange={event => setFilter(event.target.value as Filter)}>
          {Object.entries(words).map(([key, text]) => (
            <option key={key} value={key}>
              {text}
            </option>
          ))}
        </select>
      </label>
      <p className="jp-Mlc-count" role="status">
        {models.length ? trans._n('%1 model', '%1 models', found.length) : trans.__('No model yet.')}
      </p>
      {!models.length && (
        <p>
          {trans.__('In a notebook:')} <code>%load_ext jupyter_mlc</code>,{' '}
          <code>%mlc register NAME MODEL</code>
        </p>
      )}
      {models.length > 0 && (
        <Choices
          label={trans.__('Registered models')}
          items={found}
          name={model => model.name}
          draw={model => <ModelLine model={model} staged={staged.get(model.name) ?? 0} />}
          onOpen={model => open(model.name)}
        />
      )}
    </>
  );
}

function ModelLine({ model, staged }: { model: Model; staged: number }): JSX.Element {
  const { trans } = useDesk();
  return (
    <>
      <div className="jp-Mlc-line">
        <span className="jp-Mlc-name" title={model.description || model.name}>
          {model.name}
        </span>
        <span>{trans._n('%1 version', '%1 versions', model.versions)}</span>
      </div>
      <div className="jp-Mlc-chips">
        {model.retired && <StageChip stage="retired" />}
        {!model.retired && model.champion !== null && <StageChip stage="production" note={`:${model.champion}`} />}
        {staged > 0 && <StageChip stage="staging" note={`× ${staged}`} />}
        {!model.retired && model.champion === null && <span>{trans.__('no champion')}</span>}
      </div>
    </>
  );
}

function named(model: Model, word: string): boolean {
  return model.name.toLowerCase().includes(word.toLowerCase());
}

function passes(model: Model, filter: Filter, staged: ReadonlyMap<string, number>): boolean {
  switch (filter) {
    case 'all':
      return true;
    case 'champion':
      return model.champion !== null && !model.retired;
    case 'none':
      return model.champion === null;
    case 'staging':
      return staged.has(model.name);
    case 'retired':
      return model.retired;
  }
}

function counted(versions: readonly ModelVersion[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  versions.forEach(version => counts.set(version.model, (counts.get(version.model) ?? 0) + 1));
  return counts;
}
