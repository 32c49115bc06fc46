import { deskPlugin } from './plugins/desk';
import { notebookPlugin } from './plugins/notebook';
import { pagesPlugin } from './plugins/pages';
import { panelPlugin } from './plugins/panel';

export default [deskPlugin, panelPlugin, pagesPlugin, notebookPlugin];
