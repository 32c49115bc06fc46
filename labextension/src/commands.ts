/** The names of our commands. */
export const Commands = {
  openPanel: 'mlc:open-panel',
  open: 'mlc:open',
  openStored: 'mlc:open-stored',
  openAsked: 'mlc:open-asked',
  compare: 'mlc:compare',
  register: 'mlc:register',
  retrain: 'mlc:retrain',
  retrainFile: 'mlc:retrain-file',
  jobs: 'mlc:jobs',
  verify: 'mlc:verify',
  insert: 'mlc:insert',
  undo: 'mlc:undo',
  refresh: 'mlc:refresh',
  follow: 'mlc:follow-link'
} as const;
