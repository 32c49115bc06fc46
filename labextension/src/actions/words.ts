import { IWords } from '../registry/asking';
import { Edit, Model, ModelVersion, Tag, Tier, TIERS } from '../wire';
import { ref } from '../format';
import { spoken } from '../vocabulary';
import { IField, IWanted, reasonField } from './wanted';

/** Tags of a model or a version. */
export function tagging(name: string, now: Readonly<Record<string, string>>, trans: IWords): IWanted<'tag'> {
  const value = Object.entries(now)
    .map(([key, value]) => `${key}=${value}`)
    .join('\n');
  return {
    verb: 'tag',
    title: trans.__('Tags of %1', name),
    accept: trans.__('Save'),
    fields: [
      { ...long(trans), name: 'tags', label: trans.__('One KEY=VALUE a line'), value, placeholder: 'team=ops' }
    ],
    ask: ({ tags }): Tag => {
      const wanted = parsed(tags);
      return { ref: name, tags: wanted, remove: Object.keys(now).filter(key => !(key in wanted)) };
    },
    told: reply => Object.entries(reply.tags).map(([key, value]) => `${key}=${value}`)
  };
}

/** A text of several lines. */
function long(trans: IWords): Pick<IField, 'kind' | 'help'> {
  return { kind: 'long', help: trans.__('(Shift+Enter when it is written)') };
}

function parsed(text: string): Record<string, string> {
  const lines = text.split('\n').filter(line => line.trim());
  return Object.fromEntries(lines.map(line => [line.split('=')[0].trim(), line.split('=').slice(1).join('=').trim()]));
}

export function aliasing(version: ModelVersion, trans: IWords): IWanted<'alias'> {
  const [put, take] = [trans.__('point it here'), trans.__('take it away')];
  return {
    verb: 'alias',
    title: trans.__('Alias for %1', ref(version)),
    accept: trans.__('Save'),
    fields: [
      { name: 'alias', label: trans.__('Alias'), kind: 'text', value: 'challenger' },
      { name: 'way', label: trans.__('Do'), kind: 'choice', choices: [put, take], value: put }
    ],
    ask: ({ alias, way }) => ({ ref: way === take ? version.model : ref(version), alias, remove: way === take }),
    told: reply => [
      trans.__('@%1: %2 (before: %3)', reply.alias, reply.version ?? trans.__('none'), reply.before ?? trans.__('none'))
    ]
  };
}

export function editingModel(model: Model, trans: IWords): IWanted<'edit'> {
  return {
    verb: 'edit',
    title: trans.__('Edit %1', model.name),
    accept: trans.__('Save'),
    fields: [
      { name: 'owner', label: trans.__('Owner'), kind: 'text', value: model.owner },
      {
        ...{ name: 'tier', label: trans.__('Risk tier'), kind: 'choice', choices: TIERS, value: model.tier },
        said: tier => spoken(tier, trans)
      },
      { ...long(trans), name: 'description', label: trans.__('What it is for'), value: model.description }
    ],
    ask: ({ owner, tier, description }): Edit => ({
      ref: model.name,
      owner: changed(owner, model.owner),
      tier: changed(tier, model.tier) as Tier | null,
      description: changed(description, model.description)
    }),
    told: reply => reply.changed
  };
}

/** What the person changed; what stayed is not asked for, since others may have changed it meanwhile. */
function changed(value: string, before: string): string | null {
  return value === before ? null : value;
}

export function editingVersion(version: ModelVersion, trans: IWords): IWanted<'edit'> {
  return {
    verb: 'edit',
    title: trans.__('Note of %1', ref(version)),
    accept: trans.__('Save'),
    fields: [{ ...long(trans), name: 'note', label: trans.__('What is special about it'), value: version.note }],
    ask: ({ note }) => ({ ref: ref(version), note }),
    told: reply => reply.changed
  };
}

export function undoing(trans: IWords): IWanted<'undo'> {
  return {
    verb: 'undo',
    title: trans.__('Take back your last act'),
    accept: trans.__('Take back'),
    fields: [reasonField(trans)],
    ask: ({ reason }) => ({ reason }),
    told: reply => [reply.undone]
  };
}
