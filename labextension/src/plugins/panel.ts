import { ILayoutRestorer, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { ICommandPalette } from '@jupyterlab/apputils';
import { ILauncher } from '@jupyterlab/launcher';
import { IStatusBar } from '@jupyterlab/statusbar';

import { undoing } from '../actions/words';
import { Commands } from '../commands';
import { registryIcon } from '../icon';
import { IDesk } from '../registry/desk';
import { SidePanel } from '../widgets/sidepanel';
import { StatusItem } from '../widgets/status';

const NO_ARGUMENTS = { args: { type: 'object' as const, properties: {} } };
const RANK = 700;

/** The panel at the side, and the ways to it. */
export const panelPlugin: JupyterFrontEndPlugin<void> = {
  id: 'jupyter-mlc:panel',
  description: 'Shows the registered models at the side.',
  autoStart: true,
  requires: [IDesk],
  optional: [ICommandPalette, ILayoutRestorer, ILauncher, IStatusBar],
  activate: (
    app,
    desk: IDesk,
    palette: ICommandPalette | null,
    restorer: ILayoutRestorer | null,
    launcher: ILauncher | null,
    statusBar: IStatusBar | null
  ) => {
    const { trans } = desk;
    const panel = new SidePanel(desk);
    app.shell.add(panel, 'left', { rank: RANK });
    restorer?.add(panel, panel.id);
    app.commands.addCommand(Commands.openPanel, {
      label: args => (args['isLauncher'] ? trans.__('Model Registry') : trans.__('Show the Model Registry')),
      caption: trans.__('Show the registered models at the side'),
      icon: args => (args['isPalette'] ? undefined : registryIcon),
      describedBy: NO_ARGUMENTS,
      execute: () => {
        app.shell.activateById(panel.id);
        panel.focusSearch();
      }
    });
    app.commands.addCommand(Commands.refresh, {
      label: trans.__('Refresh the Model Registry'),
      describedBy: NO_ARGUMENTS,
      execute: desk.refresh
    });
    app.commands.addCommand(Commands.undo, {
      label: trans.__('Take Back My Last Act on a Model'),
      describedBy: NO_ARGUMENTS,
      execute: () => desk.act(undoing(trans))
    });
    const category = trans.__('Model Registry');
    [Commands.openPanel, Commands.refresh, Commands.undo].forEach(command =>
      palette?.addItem({ command, category, args: { isPalette: true } })
    );
    launcher?.add({ command: Commands.openPanel, args: { isLauncher: true }, category: trans.__('Other'), rank: RANK });
    const item = new StatusItem(desk, () => void app.commands.execute(Commands.openPanel));
    statusBar?.registerStatusItem('jupyter-mlc:status', { item, align: 'left', rank: RANK });
  }
};
