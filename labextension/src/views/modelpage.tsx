import React from 'react';

import { Model, ShowReply } from '../wire';
import { retirement, rollback } from '../actions/moves';
import { retraining } from '../actions/training';
import { editingModel, tagging, undoing } from '../actions/words';
import { moment } from '../format';
import { spoken } from '../vocabulary';
import { Answered } from './answered';
import { StageChip, Tags } from './chips';
import { Deed, Deeds } from './deeds';
import { useDesk } from './deskcontext';
import { HistoryOf } from './history';
import { Reference } from './reference';
import { Facts, Section } from './section';
import { Timeline } from './timeline';
import { useAnswer } from './useanswer';
import { Versions } from './versions';

/** All about one registered model. */
export function ModelPage({ name }: { name: string }): JSX.Element {
  return <Answered answered={useAnswer('show', { ref: name })}>{reply => <Shown name={name} reply={reply} />}</Answered>;
}

function Shown({ name, reply }: { name: string; reply: ShowReply }): JSX.Element {
  const { trans } = useDesk();
  return (
    <>
      {reply.model && <Head model={reply.model} aliases={reply.aliases} />}
      <Section title={trans.__('Versions')}>
        <Versions model={name} />
      </Section>
      <Section title={trans.__('Where the newest versions stand')}>
        <Timeline versions={reply.versions} />
      </Section>
      <Section title={trans.__('History')}>
        <HistoryOf name={name} />
      </Section>
    </>
  );
}

interface IHeadProps {
  model: Model;
  aliases: readonly (readonly [string, number])[];
}

function Head({ model, aliases }: IHeadProps): JSX.Element {
  const { call, trans } = useDesk();
  const deeds: readonly Deed[] = [
    [trans.__('Retrain…'), () => retraining(model.name, call, trans)],
    [trans.__('Roll back…'), () => rollback(model.name, trans)],
    [trans.__('Retire…'), () => retirement(model.name, model.name, trans)],
    [trans.__('Tag…'), () => tagging(model.name, model.tags, trans)],
    [trans.__('Edit…'), () => editingModel(model, trans)],
    [trans.__('Undo…'), () => undoing(trans)]
  ];
  const champion = model.champion !== null && !model.retired ? `${model.name}:${model.champion}` : null;
  return (
    <div>
      <h1>
        {model.name} {model.retired && <StageChip stage="retired" />}
      </h1>
      {model.description && <p>{model.description}</p>}
      <Deeds deeds={deeds} />
      <Facts
        facts={[
          [trans.__('Champion'), champion ? <Reference name={champion} /> : trans.__('nobody')],
          [trans.__('Owner'), model.owner],
          [trans.__('Risk tier'), spoken(model.tier, trans)],
          [trans.__('Versions'), String(model.versions)],
          [trans.__('Created'), moment(model.created)],
          [trans.__('Tags'), Object.keys(model.tags).length ? <Tags tags={model.tags} /> : ''],
          [trans.__('Aliases'), aliases.length ? <Pointers model={model.name} aliases={aliases} /> : '']
        ]}
      />
    </div>
  );
}

function Pointers({ model, aliases }: { model: string; aliases: IHeadProps['aliases'] }): JSX.Element {
  return (
    <ul className="jp-Mlc-inline">
      {aliases.map(([alias, number]) => (
        <li key={alias}>
          @{alias} → <Reference name={`${model}:${number}`} />
        </li>
      ))}
    </ul>
  );
}
