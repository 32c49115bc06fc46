import { JupyterFrontEndPlugin } from '@jupyterlab/application';
import { INotebookTracker, NotebookActions } from '@jupyterlab/notebook';
import { IRenderMimeRegistry } from '@jupyterlab/rendermime';
import { ISettingRegistry } from '@jupyterlab/settingregistry';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';
import { JSONObject } from '@lumino/coreutils';
import { MessageLoop } from '@lumino/messaging';
import { Widget } from '@lumino/widgets';

import { act } from '../actions/act';
import { Commands } from '../commands';
import { Changes } from '../registry/changes';
import { Client } from '../registry/client';
import { bundle, Draw, IDesk, IFront } from '../registry/desk';
import { Following } from '../registry/following';

const INTERVAL = 30_000;

/** The registry behind the Jupyter server, and what the views do with it. */
export const deskPlugin: JupyterFrontEndPlugin<IDesk> = {
  id: 'jupyter-mlc:plugin',
  description: 'Asks the model registry, and says when it changes.',
  autoStart: true,
  provides: IDesk,
  optional: [ISettingRegistry, ITranslator, INotebookTracker, IRenderMimeRegistry],
  activate: (
    app,
    registry: ISettingRegistry | null,
    translator: ITranslator | null,
    tracker: INotebookTracker | null,
    rendermime: IRenderMimeRegistry | null
  ) => {
    const trans = bundle(translator ?? nullTranslator);
    const client = new Client(app.serviceManager.serverSettings, trans);
    const changes = new Changes(client.call, app.serviceManager, INTERVAL);
    const following = new Following(client, changes);
    const follow = listen(following, changes, tracker);
    const settings = new Settings(changes, follow);
    void registry?.load(deskPlugin.id).then(settings.heed, reason => console.warn(reason));
    const made: IDesk = {
      call: client.call,
      blob: client.blob,
      trans,
      registry: () => following.shown,
      changed: changes.changed,
      progressed: changes.progressed,
      refresh: () => changes.announce(),
      open: ref => void app.commands.execute(Commands.open, { ref }),
      compare: refs => void app.commands.execute(Commands.compare, { refs: [...refs] }),
      act: wanted => void act(made, wanted as never),
      canInsert: true,
      insert: source => void app.commands.execute(Commands.insert, { source }),
      columns: () => settings.columns,
      draw: rendermime ? drawing(rendermime) : undefined,
      front: () => front(tracker),
      openNotebook: stored => void app.commands.execute(Commands.openStored, { ...stored })
    };
    return made;
  }
};

/** A cell that ran may have changed the registry, or use another one; so may the notebook that comes to the front. */
function listen(following: Following, changes: Changes, tracker: INotebookTracker | null): () => void {
  const follow = (): void => {
    void following.follow(tracker?.currentWidget?.sessionContext.session?.kernel?.id);
  };
  NotebookActions.executed.connect(() => {
    follow();
    void changes.refresh();
  });
  tracker?.currentChanged.connect(follow);
  changes.changed.connect(follow);
  follow();
  return follow;
}

const PICTURE = 'application/vnd.vegalite.v5+json';

/** JupyterLab draws it by itself, without asking anybody. */
function drawing(rendermime: IRenderMimeRegistry): Draw {
  return async (node, picture) => {
    const renderer = rendermime.createRenderer(PICTURE);
    const metadata = { [PICTURE]: { embed_options: { actions: false, renderer: 'svg' } } };
    const data = { [PICTURE]: picture as JSONObject };
    await renderer.renderModel(rendermime.createModel({ data, metadata, trusted: true }));
    if (node.isConnected) {
      Widget.attach(renderer, node);
    }
    return () => {
      if (renderer.isAttached && !renderer.node.isConnected) {
        MessageLoop.sendMessage(renderer, Widget.Msg.AfterDetach); // the page has taken its node away
      }
      renderer.dispose();
    };
  };
}

function front(tracker: INotebookTracker | null): IFront | null {
  const panel = tracker?.currentWidget;
  if (!panel) {
    return null;
  }
  const cells = panel.content.widgets.filter(cell => cell.model.type === 'code');
  return {
    name: panel.title.label,
    cells: cells.map(({ model: { id, sharedModel } }) => ({ id, source: sharedModel.getSource() }))
  };
}

/** What a person has set. */
class Settings {
  constructor(
    private readonly changes: Changes,
    private readonly follow: () => void
  ) {}

  columns: readonly string[] = [];

  readonly heed = (settings: ISettingRegistry.ISettings): void => {
    settings.changed.connect(this.read, this);
    this.read(settings);
  };

  private read(settings: ISettingRegistry.ISettings): void {
    this.columns = settings.get('columns').composite as string[];
    this.changes.setInterval(settings.get('pollInterval').composite as number);
    this.follow(); // the server has read which registry is set
  }
}
