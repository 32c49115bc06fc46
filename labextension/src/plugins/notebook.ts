import { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { Dialog, ICommandPalette, Notification } from '@jupyterlab/apputils';
import { PathExt } from '@jupyterlab/coreutils';
import { IFileBrowserFactory } from '@jupyterlab/filebrowser';
import { INotebookTracker, NotebookActions, NotebookPanel } from '@jupyterlab/notebook';

import { FormDialog } from '../actions/dialog';
import { FIELDS } from '../actions/form';
import { LineBody } from '../actions/linebody';
import { registering } from '../actions/registering';
import { retraining } from '../actions/training';
import { Commands } from '../commands';
import { registryIcon } from '../icon';
import { IDesk } from '../registry/desk';
import { insert } from './inserting';
import { offered } from './kernel';

const SOON = 700;
const TO_COMPLETE = 'NAME MODEL';
const REGISTER = `%mlc register ${TO_COMPLETE}`;
const SOURCE = { type: 'object' as const, properties: { source: { type: 'string' as const } } };
const NO_ARGUMENTS = { args: { type: 'object' as const, properties: {} } };

/** What leads from notebooks to the registry, and back. */
export const notebookPlugin: JupyterFrontEndPlugin<void> = {
  id: 'jupyter-mlc:notebook',
  description: 'Registers models from notebooks, trains notebooks again, and puts lines about models into them.',
  autoStart: true,
  requires: [IDesk, INotebookTracker],
  optional: [ICommandPalette, IFileBrowserFactory],
  activate: (
    app,
    desk: IDesk,
    tracker: INotebookTracker,
    palette: ICommandPalette | null,
    browser: IFileBrowserFactory | null
  ) => {
    const { trans } = desk;
    const isThere = (): boolean => tracker.currentWidget !== null;
    const show = (panel: NotebookPanel): void => app.shell.activateById(panel.id);
    app.commands.addCommand(Commands.register, {
      label: args => (args['toolbar'] ? '' : trans.__('Register Model')),
      caption: trans.__('Register model'),
      icon: args => (args['isPalette'] ? undefined : registryIcon),
      isEnabled: isThere,
      describedBy: NO_ARGUMENTS,
      execute: () => tracker.currentWidget && register(desk, tracker.currentWidget)
    });
    app.commands.addCommand(Commands.retrain, {
      label: args => (args['toolbar'] ? trans.__('Retrain') : trans.__('Retrain This Notebook…')),
      caption: trans.__('Execute this notebook again with other parameters, as jobs that are recorded'),
      isEnabled: isThere,
      describedBy: NO_ARGUMENTS,
      execute: () => tracker.currentWidget && retrain(app, desk, tracker.currentWidget)
    });
    app.commands.addCommand(Commands.retrainFile, {
      label: trans.__('Retrain…'),
      icon: registryIcon,
      isVisible: () => selected(browser) !== undefined,
      describedBy: NO_ARGUMENTS,
      execute: () => {
        const path = selected(browser);
        if (path) {
          desk.act(retraining(app.serviceManager.contents.localPath(path), desk.call, trans));
        }
      }
    });
    app.commands.addCommand(Commands.insert, {
      label: trans.__('Insert a Line about a Model'),
      describedBy: { args: SOURCE },
      execute: args => {
        if (!tracker.currentWidget) {
          Notification.info(trans.__('Open a notebook first; the cell goes below the one that is active there.'));
          return;
        }
        show(tracker.currentWidget);
        insert(tracker.currentWidget, String(args['source'] ?? ''));
      }
    });
    const category = trans.__('Model Registry');
    [Commands.register, Commands.retrain].forEach(command =>
      palette?.addItem({ command, category, args: { isPalette: true } })
    );
  }
};

/** The notebook that is selected in the file browser. */
function selected(browser: IFileBrowserFactory | null): string | undefined {
  const items = [...(browser?.tracker.currentWidget?.selectedItems() ?? [])];
  return items.length === 1 && items[0].type === 'notebook' ? items[0].path : undefined;
}

/** Ask which of the kernel's objects becomes a version of which model; without a kernel the line is there to complete. */
async function register(desk: IDesk, panel: NotebookPanel): Promise<void> {
  const { trans } = desk;
  const kernel = panel.sessionContext.session?.kernel;
  const known = kernel ? await whileTold(offered(kernel), trans.__('Asking the kernel what it has…')) : null;
  if (!known?.objects.length) {
    insert(panel, REGISTER, TO_COMPLETE);
    return;
  }
  const dialog = new FormDialog({
    title: trans.__('Register a model'),
    body: new LineBody(registering(PathExt.basename(panel.context.path, '.ipynb'), known, trans), trans),
    buttons: [
      Dialog.cancelButton({ label: trans.__('Cancel') }),
      Dialog.okButton({ label: trans.__('Register') })
    ],
    focusNodeSelector: FIELDS
  });
  const answer = await dialog.launch();
  if (answer.button.accept && answer.value) {
    insert(panel, answer.value);
    await panel.context.save(); // what is captured with the model is what the file says
    await NotebookActions.run(panel.content, panel.sessionContext);
  }
}

/** What is answered, null where nothing is; a note says what is waited for where it is not there at once. */
async function whileTold<T>(answer: Promise<T>, text: string): Promise<T | null> {
  let note = '';
  const timer = window.setTimeout(() => (note = Notification.emit(text, 'in-progress', { autoClose: false })), SOON);
  try {
    return await answer;
  } catch {
    return null;
  } finally {
    window.clearTimeout(timer);
    if (note) {
      Notification.dismiss(note);
    }
  }
}

/** What is executed is what the file says. */
async function retrain(app: JupyterFrontEnd, desk: IDesk, panel: NotebookPanel): Promise<void> {
  if (panel.context.model.dirty) {
    await panel.context.save();
  }
  desk.act(retraining(app.serviceManager.contents.localPath(panel.context.path), desk.call, desk.trans));
}
