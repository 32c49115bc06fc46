import { Node } from '../wire';

/** Whether a thing of a lineage has a page of its own. */
export function hasPage({ kind }: Node): boolean {
  return kind === 'version' || kind === 'job';
}
