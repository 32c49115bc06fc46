import { deskPlugin } from './plugins/desk';
import { notebookPlugin } from './plugins/notebook';
import { pagesPlugin } from './plugins/pages';
import { panelPlugin } from './plugins/panel';
import { storedPlugin } from './plugins/stored';
import { watchingPlugin } from './plugins/watching';

export default [deskPlugin, panelPlugin, pagesPlugin, notebookPlugin, storedPlugin, watchingPlugin];
