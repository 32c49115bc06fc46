interface IExecuted {
  source?: string;
}

/** The cells of a stored notebook, in the order in which they were executed. */
export function executed(text: string): string {
  const cells: readonly IExecuted[] = JSON.parse(text)?.metadata?.jupyter_mlc?.executed ?? [];
  return cells.map((cell, at) => `# [${at + 1}]\n${cell.source ?? ''}`).join('\n\n');
}
