import React from 'react';

import { ComparePage } from './comparepage';
import { JobPage } from './jobpage';
import { JobsPage } from './jobs';
import { ModelPage } from './modelpage';
import { VerifyPage } from './verifypage';
import { VersionPage } from './versionpage';

const JOB = 'job/';

/** The page that references lead to: a model, a version, versions side by side, a job, all jobs, or a check of it all. */
export function PageOf({ refs }: { refs: readonly string[] }): JSX.Element {
  const [name] = refs;
  if (refs.length > 1) {
    return <ComparePage ask={{ refs }} />;
  }
  if (name === ':jobs') {
    return <JobsPage />;
  }
  if (name === ':verify') {
    return <VerifyPage />;
  }
  if (name.startsWith(JOB)) {
    return <JobPage name={name} />;
  }
  return namesAVersion(name) ? <VersionPage name={name} /> : <ModelPage name={name} />;
}

function namesAVersion(name: string): boolean {
  return name.includes(':') || name.includes('@');
}
