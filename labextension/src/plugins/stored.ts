import { JupyterFrontEndPlugin } from '@jupyterlab/application';
import { IEditorServices } from '@jupyterlab/codeeditor';
import { IDocumentManager } from '@jupyterlab/docmanager';
import { NotebookPanel, NotebookWidgetFactory } from '@jupyterlab/notebook';
import { IRenderMimeRegistry } from '@jupyterlab/rendermime';

import { Commands } from '../commands';
import { IDesk, IStored } from '../registry/desk';
import { pathOf, StoredNotebooks } from '../registry/drive';

const FACTORY = 'Stored notebook';
const NO_KERNEL = { shouldStart: false, canStart: false };
const STORED = {
  type: 'object' as const,
  required: ['name'],
  properties: {
    name: { type: 'string' as const },
    digest: { type: 'string' as const },
    job: { type: 'integer' as const }
  }
};

/** Opens notebooks that the registry keeps, to be read: they have no kernel, and cannot be changed. */
export const storedPlugin: JupyterFrontEndPlugin<void> = {
  id: 'jupyter-mlc:stored',
  description: 'Opens the notebooks that the registry keeps.',
  autoStart: true,
  requires: [IDesk, IDocumentManager, NotebookPanel.IContentFactory, IEditorServices, IRenderMimeRegistry],
  activate: (
    app,
    desk: IDesk,
    documents: IDocumentManager,
    contentFactory: NotebookPanel.IContentFactory,
    { mimeTypeService }: IEditorServices,
    rendermime: IRenderMimeRegistry
  ) => {
    const { trans } = desk;
    const { contents, serverSettings } = app.serviceManager;
    contents.addDrive(new StoredNotebooks(desk, serverSettings));
    // A factory of its own: what other extensions do with notebooks needs a kernel.
    const factory = new NotebookWidgetFactory({
      name: FACTORY,
      label: trans.__('Stored notebook'),
      fileTypes: ['notebook'],
      modelName: 'notebook',
      readOnly: true,
      rendermime,
      contentFactory,
      mimeTypeService,
      toolbarFactory: () => []
    });
    factory.widgetCreated.connect((_, panel) => void readOnly(panel));
    app.docRegistry.addWidgetFactory(factory);
    app.commands.addCommand(Commands.openStored, {
      label: trans.__('Open a Stored Notebook'),
      describedBy: { args: STORED },
      execute: args => {
        documents.openOrReveal(pathOf(args as unknown as IStored), FACTORY, undefined, {}, NO_KERNEL);
      }
    });
  }
};

async function readOnly(panel: NotebookPanel): Promise<void> {
  await panel.context.ready;
  panel.content.widgets.forEach(cell => (cell.readOnly = true));
  panel.context.model.dirty = false;
}
