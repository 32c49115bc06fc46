import { IWords } from '../registry/asking';
import { Deprecate, MOVES, MoveReply, ModelVersion, Promote, PROMOTABLE, Stage } from '../wire';
import { bytes, ref } from '../format';
import { spoken } from '../vocabulary';
import { IField, IWanted, reasonField } from './wanted';

const NOBODY = 'none';
const MICROS = 1000;

export function promotion(version: ModelVersion, trans: IWords): IWanted<'promote'> {
  const stages = MOVES[version.stage as Stage].filter(stage => PROMOTABLE.includes(stage));
  const choices = stages.length ? stages : PROMOTABLE;
  const said = (stage: string): string => spoken(stage, trans);
  const to: IField = { name: 'to', label: trans.__('To stage'), kind: 'choice', choices, said, value: last(choices) };
  return {
    verb: 'promote',
    title: trans.__('Promote %1', ref(version)),
    accept: trans.__('Promote'),
    fields: [to, reasonField(trans)],
    ask: ({ to, reason }): Promote => ({ ref: ref(version), to: to as Stage, reason }),
    seen: (ask, tried) => ({ ...ask, champion: tried.champion_before ?? NOBODY }),
    told: reply => moved(reply, trans)
  };
}

/** The stage that lies furthest ahead. */
function last(choices: readonly Stage[]): Stage {
  return choices.includes('production') ? 'production' : choices[choices.length - 1];
}

export function rollback(model: string, trans: IWords): IWanted<'rollback'> {
  return {
    verb: 'rollback',
    title: trans.__('Roll back %1', model),
    accept: trans.__('Roll back'),
    fields: [reasonField(trans)],
    ask: ({ reason }) => ({ name: model, reason }),
    told: reply => moved(reply, trans)
  };
}

export function deprecation(version: ModelVersion, trans: IWords): IWanted<'deprecate'> {
  return {
    verb: 'deprecate',
    title: trans.__('Deprecate %1', ref(version)),
    accept: trans.__('Deprecate'),
    fields: [
      successor(version.model, trans),
      { name: 'sunset', label: trans.__('Retired after'), kind: 'day' },
      reasonField(trans)
    ],
    ask: ({ successor, sunset, reason }): Deprecate => ({
      ref: ref(version),
      successor: successor || null,
      sunset: sunset ? Date.parse(sunset) * MICROS : null,
      reason
    }),
    told: reply => moved(reply, trans)
  };
}

/** Of a version, or of a whole model. */
export function retirement(name: string, model: string, trans: IWords): IWanted<'retire'> {
  return {
    verb: 'retire',
    title: trans.__('Retire %1', name),
    accept: trans.__('Retire'),
    fields: [successor(model, trans), reasonField(trans)],
    ask: ({ successor, reason }) => ({ ref: name, successor: successor || null, reason }),
    told: reply => moved(reply, trans)
  };
}

export function discarding(refs: readonly string[], trans: IWords): IWanted<'discard'> {
  return {
    verb: 'discard',
    title: trans.__('Discard %1', refs.join(', ')),
    accept: trans.__('Discard'),
    cannotBeTakenBack: true,
    fields: [reasonField(trans)],
    ask: ({ reason }) => ({ refs, reason }),
    told: reply => [
      trans.__('Gone: %1. The records stay, the bytes do not come back.', reply.versions.join(', ')),
      ...(reply.aliases.length ? [trans.__('Aliases that go as well: %1', reply.aliases.join(', '))] : []),
      trans.__('Freed: %1', bytes(reply.freed))
    ]
  };
}

function successor(model: string, trans: IWords): IField {
  const placeholder = trans.__('e.g. %1', `${model}:4`);
  return { name: 'successor', label: trans.__('Use instead'), kind: 'text', placeholder };
}

function moved(reply: MoveReply, trans: IWords): readonly string[] {
  const before = reply.champion_before ?? trans.__('nobody');
  const champion = reply.champion ?? trans.__('nobody');
  const told =
    champion === before
      ? trans.__('Champion: %1, as before', champion)
      : trans.__('Champion: %1 (before: %2)', champion, before);
  return [...reply.line.split(' · '), told];
}
