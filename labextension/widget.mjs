// Builds the views as one module and one style sheet for a widget: `jlpm build:widget`.
// Nothing of JupyterLab's may come along: the widget is shown in VS Code as well.

import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { gzipSync } from 'node:zlib';
import { build, transform } from 'esbuild';

const INTO = '../jupyter_mlc/faces/widgets/static';
const STYLES = ['style/base.css', 'style/widget.css'];

/** What JupyterLab's variables stand for where there is no JupyterLab: VS Code's, else plain colours. */
const ELSEWHERE = {
  'ui-font-color0': 'var(--vscode-editor-foreground, CanvasText)',
  'ui-font-color1': 'var(--vscode-editor-foreground, CanvasText)',
  'ui-font-color2': 'var(--vscode-descriptionForeground, GrayText)',
  'ui-font-family': 'var(--vscode-font-family, system-ui, sans-serif)',
  'ui-font-size0': '0.85em',
  'ui-font-size1': '13px',
  'ui-font-size2': '1.2em',
  'ui-font-size3': '1.4em',
  'code-font-family': 'var(--vscode-editor-font-family, monospace)',
  'code-font-size': '13px',
  'content-link-color': 'var(--vscode-textLink-foreground, LinkText)',
  'layout-color0': 'var(--vscode-editor-background, Canvas)',
  'layout-color1': 'var(--vscode-editor-background, Canvas)',
  'layout-color2': 'var(--vscode-sideBar-background, rgb(128 128 128 / 12%))',
  'layout-color3': 'var(--vscode-list-hoverBackground, rgb(128 128 128 / 25%))',
  'input-background': 'var(--vscode-input-background, Field)',
  'border-color0': 'var(--vscode-contrastBorder, rgb(128 128 128 / 80%))',
  'border-color1': 'var(--vscode-panel-border, rgb(128 128 128 / 60%))',
  'border-color2': 'var(--vscode-panel-border, rgb(128 128 128 / 35%))',
  'border-radius': '2px',
  'brand-color1': '#1976d2',
  'info-color1': '#0288d1',
  'success-color1': '#388e3c',
  'warn-color1': '#ef6c00',
  'error-color1': '#d32f2f'
};

const apart = {
  name: 'apart-from-jupyterlab',
  setup: ({ onResolve }) =>
    onResolve({ filter: /^@(jupyterlab|lumino)\// }, ({ path, importer }) => ({
      errors: [{ text: `${importer} imports ${path}; a view may ask for it through src/registry/desk.ts alone` }]
    }))
};

function elsewhere(text) {
  return text.replace(/var\(--jp-([a-z0-9-]+)\)/g, (_, name) => {
    if (!(name in ELSEWHERE)) {
      throw new Error(`widget.mjs does not say what --jp-${name} is where there is no JupyterLab`);
    }
    return `var(--jp-${name}, ${ELSEWHERE[name]})`;
  });
}

const styles = await Promise.all(STYLES.map(path => readFile(path, 'utf-8')));
const { code } = await transform(elsewhere(styles.join('\n')), { loader: 'css', minify: true });
await mkdir(INTO, { recursive: true });
await writeFile(`${INTO}/widget.css`, code);
await build({
  entryPoints: ['src/widget/index.tsx'],
  outfile: `${INTO}/widget.js`,
  bundle: true,
  format: 'esm',
  target: 'es2020',
  minify: true,
  legalComments: 'eof',
  jsx: 'transform',
  define: { 'process.env.NODE_ENV': '"production"' },
  plugins: [apart],
  logLevel: 'warning'
});
const script = await readFile(`${INTO}/widget.js`);
console.log(`widget.js: ${script.length} bytes, ${gzipSync(script).length} compressed`);
