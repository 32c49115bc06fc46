import { ILayoutRestorer, IRouter, JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { ICommandPalette, InputDialog, WidgetTracker } from '@jupyterlab/apputils';
import { URLExt } from '@jupyterlab/coreutils';
import { ReadonlyPartialJSONObject } from '@lumino/coreutils';

import { Commands } from '../commands';
import { IWords } from '../registry/asking';
import { IDesk } from '../registry/desk';
import { Page } from '../widgets/page';

const LINK = /[?&]mlc=/;
const MOST = 20;
const NO_ARGUMENTS = { args: { type: 'object' as const, properties: {} } };
const REF = { type: 'object' as const, required: ['ref'], properties: { ref: { type: 'string' as const } } };
const REFS = {
  type: 'object' as const,
  required: ['refs'],
  properties: { refs: { type: 'array' as const, items: { type: 'string' as const }, minItems: 1, maxItems: MOST } }
};

/** The pages of models, versions and jobs, and the links that lead to them: `/lab?mlc=churn:3`, `/lab?mlc=job/17`. */
export const pagesPlugin: JupyterFrontEndPlugin<void> = {
  id: 'jupyter-mlc:pages',
  description: 'Shows models and versions in pages of their own.',
  autoStart: true,
  requires: [IDesk],
  optional: [ICommandPalette, ILayoutRestorer, IRouter],
  activate: (
    app,
    desk: IDesk,
    palette: ICommandPalette | null,
    restorer: ILayoutRestorer | null,
    router: IRouter | null
  ) => {
    const pages = new Pages(app, desk);
    const { commands } = app;
    const { trans } = desk;
    commands.addCommand(Commands.open, {
      label: trans.__('Show a Model or a Version'),
      describedBy: { args: REF },
      execute: args => pages.open([args['ref'] as string])
    });
    commands.addCommand(Commands.compare, {
      label: trans.__('Compare Versions'),
      describedBy: { args: REFS },
      execute: args => pages.open(args['refs'] as string[])
    });
    commands.addCommand(Commands.openAsked, {
      label: trans.__('Show a Model or Versions…'),
      describedBy: NO_ARGUMENTS,
      execute: () => ask(desk, pages)
    });
    commands.addCommand(Commands.jobs, {
      label: trans.__('Show Jobs'),
      describedBy: NO_ARGUMENTS,
      execute: () => pages.open([':jobs'])
    });
    commands.addCommand(Commands.verify, {
      label: trans.__('Verify the Registry'),
      describedBy: NO_ARGUMENTS,
      execute: () => pages.open([':verify'])
    });
    const category = trans.__('Model Registry');
    [Commands.openAsked, Commands.jobs, Commands.verify].forEach(command => palette?.addItem({ command, category }));
    if (restorer) {
      void restorer.restore(pages.tracker, {
        command: Commands.compare,
        args: page => ({ refs: [...page.refs] }),
        name: page => page.refs.join(',')
      });
    }
    if (router) {
      followLinks(app, pages, router, trans);
    }
  }
};

class Pages {
  constructor(
    private readonly app: JupyterFrontEnd,
    private readonly desk: IDesk
  ) {}

  readonly tracker = new WidgetTracker<Page>({ namespace: 'jupyter-mlc' });

  open(refs: readonly string[]): Page {
    const page = this.tracker.find(each => each.id === Page.idOf(refs)) ?? this.add(refs);
    this.app.shell.activateById(page.id);
    return page;
  }

  private add(refs: readonly string[]): Page {
    const page = new Page(this.desk, refs);
    this.app.shell.add(page, 'main');
    void this.tracker.add(page);
    return page;
  }
}

async function ask(desk: IDesk, pages: Pages): Promise<void> {
  const { trans } = desk;
  const answer = await InputDialog.getText({
    title: trans.__('Show a model or versions'),
    label: trans.__('A model, a version, a job, or several versions to compare'),
    placeholder: 'churn:1 churn:3'
  });
  const refs = answer.value?.split(/\s+/).filter(Boolean) ?? [];
  if (answer.button.accept && refs.length) {
    pages.open(refs.slice(0, MOST));
  }
}

/** Opens what the address asks for, and takes it off the address, so that a reload does not ask again. */
function followLinks(app: JupyterFrontEnd, pages: Pages, router: IRouter, trans: IWords): void {
  app.commands.addCommand(Commands.follow, {
    label: trans.__('Follow a Link to a Model'),
    describedBy: { args: { type: 'object', properties: {} } },
    execute: (args: ReadonlyPartialJSONObject) => {
      const asked = URLExt.queryStringToObject(String(args['search'] ?? ''));
      const { mlc, ...rest } = asked;
      if (!mlc) {
        return;
      }
      const left = Object.keys(rest).length ? URLExt.objectToQueryString(rest as never) : '';
      router.navigate(`${args['path']}${left}${args['hash'] ?? ''}`, { skipRouting: true });
      void app.restored.then(() => pages.open(mlc.split(',').slice(0, MOST)));
    }
  });
  router.register({ command: Commands.follow, pattern: LINK });
}
