import { JupyterFrontEndPlugin } from '@jupyterlab/application';
import { ICommandPalette, Notification } from '@jupyterlab/apputils';
import { Cell, ICodeCellModel } from '@jupyterlab/cells';
import { INotebookTracker, NotebookActions, NotebookPanel } from '@jupyterlab/notebook';

import { Commands } from '../commands';
import { registryIcon } from '../icon';
import { IDesk } from '../registry/desk';

const LOADED = '%load_ext jupyter_mlc';
const TO_COMPLETE = 'NAME MODEL';
const REGISTER = `%mlc register ${TO_COMPLETE}`;
const SOURCE = { type: 'object' as const, properties: { source: { type: 'string' as const } } };

/** What leads from the notebook to the registry, and back. */
export const notebookPlugin: JupyterFrontEndPlugin<void> = {
  id: 'jupyter-mlc:notebook',
  description: 'Puts lines about models into notebooks.',
  autoStart: true,
  requires: [IDesk, INotebookTracker],
  optional: [ICommandPalette],
  activate: (app, desk: IDesk, tracker: INotebookTracker, palette: ICommandPalette | null) => {
    const { trans } = desk;
    const inCurrent = (source: string, selected: string): void => {
      if (!tracker.currentWidget) {
        Notification.info(trans.__('Open a notebook first; the cell goes below the one that is active there.'));
        return;
      }
      app.shell.activateById(tracker.currentWidget.id);
      insert(tracker.currentWidget, source, selected);
    };
    app.commands.addCommand(Commands.register, {
      label: args => (args['toolbar'] ? '' : trans.__('Register Model')),
      caption: trans.__('Register model: insert a cell with the line to complete'),
      icon: args => (args['isPalette'] ? undefined : registryIcon),
      isEnabled: () => tracker.currentWidget !== null,
      describedBy: { args: { type: 'object', properties: {} } },
      execute: () => inCurrent(REGISTER, TO_COMPLETE)
    });
    app.commands.addCommand(Commands.insert, {
      label: trans.__('Insert a Line about a Model'),
      describedBy: { args: SOURCE },
      execute: args => inCurrent(String(args['source'] ?? ''), '')
    });
    palette?.addItem({
      command: Commands.register,
      category: trans.__('Model Registry'),
      args: { isPalette: true }
    });
  }
};

/** Whether a cell was executed that loads the magic. */
function loads(cell: Cell): boolean {
  const executed = cell.model.type === 'code' && (cell.model as ICodeCellModel).executionCount !== null;
  return executed && cell.model.sharedModel.getSource().includes(LOADED);
}

/** A new cell below the active one; what is to be completed is selected. */
function insert(panel: NotebookPanel, source: string, selected: string): void {
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
