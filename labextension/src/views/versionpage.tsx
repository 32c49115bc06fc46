import React from 'react';

import { ModelVersion, ShowReply, VersionDetails } from '../wire';
import { evaluating } from '../actions/judging';
import { deprecation, discarding, promotion, retirement } from '../actions/moves';
import { reproducing, retraining } from '../actions/training';
import { aliasing, editingVersion, tagging } from '../actions/words';
import { bytes, day, moment, ref } from '../format';
import { spoken } from '../vocabulary';
import { Answered } from './answered';
import { Aliases, StageChip, Tags } from './chips';
import { CurvesOf } from './curvesof';
import { Deed, Deeds } from './deeds';
import { useDesk } from './deskcontext';
import { Environment } from './environment';
import { Evaluations } from './evaluations';
import { Files } from './files';
import { HistoryOf } from './history';
import { JobsOf } from './jobs';
import { LineageOf } from './lineage';
import { LineTo } from './lineto';
import { Numbers } from './numbers';
import { Reference } from './reference';
import { Fact, Facts, Section } from './section';
import { SignatureOf } from './signature';
import { useAnswer } from './useanswer';

/** All about one version. */
export function VersionPage({ name }: { name: string }): JSX.Element {
  return <Answered answered={useAnswer('show', { ref: name })}>{reply => <Shown reply={reply} />}</Answered>;
}

function Shown({ reply }: { reply: ShowReply }): JSX.Element | null {
  const { trans } = useDesk();
  const { version, details } = reply;
  if (!version || !details) {
    return null;
  }
  return (
    <>
      <Head version={version} details={details} />
      <Section title={trans.__('Metrics and parameters')}>
        <Numbers version={version} />
      </Section>
      <Section title={trans.__('Evaluations')}>
        <Evaluations evaluations={details.evaluations} name={ref(version)} />
      </Section>
      <Section title={trans.__('Curves')}>
        <CurvesOf evaluations={details.evaluations} name={ref(version)} />
      </Section>
      <Section title={trans.__('Signature')}>
        <SignatureOf signature={details.signature} />
      </Section>
      <Section title={trans.__('Where it was made')}>
        <Environment name={ref(version)} details={details} />
      </Section>
      <Section title={trans.__('Jobs')}>
        <JobsOf name={ref(version)} />
      </Section>
      <Section title={trans.__('Lineage')}>
        <LineageOf name={ref(version)} notebook={details.snapshot.notebook} />
      </Section>
      <Section title={trans.__('Files')}>
        <Files version={version} place={details.place} />
      </Section>
      <Section title={trans.__('History')}>
        <HistoryOf name={ref(version)} />
      </Section>
    </>
  );
}

/** Whether the same came of it when it was done once more. */
function Reproductions({ found }: { found: VersionDetails['reproductions'] }): JSX.Element {
  const { trans } = useDesk();
  return (
    <ul className="jp-Mlc-inline">
      {found.map(one => (
        <li key={one.id} title={one.reason}>
          {spoken(one.verdict, trans)} ({spoken(one.environment, trans)}) {one.job && <Reference name={one.job} />}
        </li>
      ))}
    </ul>
  );
}

interface IHeadProps {
  version: ModelVersion;
  details: VersionDetails;
}

function Head({ version, details }: IHeadProps): JSX.Element {
  const { call, trans } = useDesk();
  const name = ref(version);
  const [newest] = details.evaluations;
  const before = { data: newest?.dataset ?? '', target: newest?.target ?? '' };
  const deeds: readonly Deed[] = [
    [trans.__('Evaluate…'), () => evaluating(name, before, call, trans)],
    [trans.__('Promote…'), () => promotion(version, trans)],
    [trans.__('Deprecate…'), () => deprecation(version, trans)],
    [trans.__('Retire…'), () => retirement(name, version.model, trans)],
    [trans.__('Discard…'), () => discarding([name], trans)],
    [trans.__('Retrain…'), () => retraining(name, call, trans)],
    [trans.__('Reproduce…'), () => reproducing(name, trans)],
    [trans.__('Alias…'), () => aliasing(version, trans)],
    [trans.__('Tag…'), () => tagging(name, version.tags, trans)],
    [trans.__('Note…'), () => editingVersion(version, trans)]
  ];
  return (
    <div>
      <h1>
        {name} <StageChip stage={version.stage} /> <Aliases aliases={version.aliases} />
      </h1>
      {version.note && <p>{version.note}</p>}
      <Deeds deeds={deeds} />
      <p>
        <LineTo
          source={`model = %mlc load ${name}`}
          insert={trans.__('Insert a cell that loads it')}
          copy={trans.__('Copy the line that loads it')}
        />
      </p>
      <Facts facts={useFacts(version, details)} />
    </div>
  );
}

function useFacts(version: ModelVersion, details: VersionDetails): readonly Fact[] {
  const { trans } = useDesk();
  const made = version.library ? `${version.class_name} (${version.library})` : version.class_name;
  return [
    [trans.__('Model'), <Reference name={version.model} />],
    [trans.__('Stage since'), moment(version.since)],
    [trans.__('Reason'), version.reason],
    [trans.__('Successor'), version.successor ? <Reference name={version.successor} /> : ''],
    [trans.__('Sunset'), version.sunset ? day(version.sunset) : ''],
    [trans.__('Class'), made],
    [trans.__('Format'), `${version.format}, ${bytes(version.size)}`],
    [trans.__('Author'), version.author],
    [trans.__('Created'), moment(version.created)],
    [trans.__('Loads in a fresh process'), details.load_check],
    [trans.__('Made in'), details.job ? <Reference name={details.job} /> : ''],
    [trans.__('Reproduced'), details.reproductions.length ? <Reproductions found={details.reproductions} /> : ''],
    [trans.__('Retrained from'), details.parent ? <Reference name={details.parent} /> : ''],
    [trans.__('Copied from'), details.origin ? `${details.origin.ref} (${details.origin.registry})` : ''],
    [trans.__('Tags'), Object.keys(version.tags).length ? <Tags tags={version.tags} /> : '']
  ];
}
