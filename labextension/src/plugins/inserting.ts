import { Cell, ICodeCellModel } from '@jupyterlab/cells';
import { NotebookActions, NotebookPanel } from '@jupyterlab/notebook';

export const LOADED = '%load_ext jupyter_mlc';

/** Whether a cell was executed that loads the magic. */
function loads(cell: Cell): boolean {
  const executed = cell.model.type === 'code' && (cell.model as ICodeCellModel).executionCount !== null;
  return executed && cell.model.sharedModel.getSource().includes(LOADED);
}

/** A new cell below the active one; what is to be completed is selected. */
export function insert(panel: NotebookPanel, source: string, selected = ''): void {
  const notebook = panel.content;
  const lines = notebook.widgets.some(loads) ? [source] : [LOADED, source];
  NotebookActions.insertBelow(notebook);
  const cell = notebook.activeCell;
  cell?.model.sharedModel.setSource(lines.join('\n'));
  notebook.mode = 'edit';
  void cell?.ready.then(() => {
    const line = lines.length - 1;
    const column = Math.max(0, source.indexOf(selected));
    cell.editor?.setSelection({ start: { line, column }, end: { line, column: column + selected.length } });
    cell.editor?.focus();
  });
}
