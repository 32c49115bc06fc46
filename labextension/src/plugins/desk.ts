import { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { INotebookTracker, NotebookActions } from '@jupyterlab/notebook';
import { ISettingRegistry } from '@jupyterlab/settingregistry';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';

import { act } from '../actions/act';
import { Commands } from '../commands';
import { Changes } from '../registry/changes';
import { Client } from '../registry/client';
import { bundle, IDesk } from '../registry/desk';
import { Following } from '../registry/following';

const INTERVAL = 30_000;

/** The registry behind the Jupyter server, and what the views do with it. */
export const deskPlugin: JupyterFrontEndPlugin<IDesk> = {
  id: 'jupyter-mlc:plugin',
  description: 'Asks the model registry, and says when it changes.',
  autoStart: true,
  provides: IDesk,
  optional: [ISettingRegistry, ITranslator, INotebookTracker],
  activate: (
    app,
    registry: ISettingRegistry | null,
    translator: ITranslator | null,
    tracker: INotebookTracker | null
  ) => {
    const client = new Client(app.serviceManager.serverSettings);
    const changes = new Changes(client.call, app.serviceManager, INTERVAL);
    const following = new Following(client, changes);
    listen(following, changes, tracker);
    const settings = new Settings(changes);
    void registry?.load(deskPlugin.id).then(settings.follow, reason => console.warn(reason));
    return desk(app, client, changes, following, settings, translator ?? nullTranslator);
  }
};

/** A cell that ran may have changed the registry, or use another one; so may the notebook that comes to the front. */
function listen(following: Following, changes: Changes, tracker: INotebookTracker | null): void {
  const follow = (): void => {
    void following.follow(tracker?.currentWidget?.sessionContext.session?.kernel?.id);
  };
  NotebookActions.executed.connect(() => {
    follow();
    void changes.refresh();
  });
  tracker?.currentChanged.connect(follow);
  follow();
}

function desk(
  app: JupyterFrontEnd,
  client: Client,
  changes: Changes,
  following: Following,
  settings: Settings,
  translator: ITranslator
): IDesk {
  const made: IDesk = {
    call: client.call,
    blob: client.blob,
    trans: bundle(translator),
    registry: () => following.shown,
    changed: changes.changed,
    refresh: () => changes.announce(),
    open: ref => void app.commands.execute(Commands.open, { ref }),
    compare: refs => void app.commands.execute(Commands.compare, { refs: [...refs] }),
    act: wanted => void act(made, wanted as never),
    canInsert: true,
    insert: source => void app.commands.execute(Commands.insert, { source }),
    columns: () => settings.columns
  };
  return made;
}

/** What a person has set. */
class Settings {
  constructor(private readonly changes: Changes) {}

  columns: readonly string[] = [];

  readonly follow = (settings: ISettingRegistry.ISettings): void => {
    settings.changed.connect(this.read, this);
    this.read(settings);
  };

  private read(settings: ISettingRegistry.ISettings): void {
    this.columns = settings.get('columns').composite as string[];
    this.changes.setInterval(settings.get('pollInterval').composite as number);
  }
}
