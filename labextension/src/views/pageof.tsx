import React from 'react';

import { ComparePage } from './comparepage';
import { ModelPage } from './modelpage';
import { VersionPage } from './versionpage';

/** The page of a model, of a version, or of several versions side by side. */
export function PageOf({ refs }: { refs: readonly string[] }): JSX.Element {
  if (refs.length > 1) {
    return <ComparePage ask={{ refs }} />;
  }
  return namesAVersion(refs[0]) ? <VersionPage name={refs[0]} /> : <ModelPage name={refs[0]} />;
}

function namesAVersion(name: string): boolean {
  return name.includes(':') || name.includes('@');
}
