// Builds the views as one module and one style sheet for a widget, and what draws pictures as a second module, which the
// kernel sends when there is a picture: `jlpm build:widget`.
// Nothing of JupyterLab's may come along: the widget is shown in VS Code as well.

import { createHash } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { gzipSync } from 'node:zlib';
import { build, transform } from 'esbuild';

import { licences } from './licences.mjs';

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

/** Bundle what begins at a file as one module, and say how large it is. */
async function bundled(from, name, more) {
  const outfile = `${INTO}/${name}`;
  const { metafile } = await build({
    entryPoints: [from],
    outfile,
    bundle: true,
    format: 'esm',
    target: 'es2020',
    minify: true,
    jsx: 'transform',
    plugins: [apart],
    metafile: true,
    logLevel: 'warning',
    ...more,
    define: { 'process.env.NODE_ENV': '"production"', ...more.define }
  });
  const code = await readFile(outfile);
  console.log(`${name}: ${code.length} bytes, ${gzipSync(code).length} compressed`);
  return { code, metafile };
}

const styles = await Promise.all(STYLES.map(path => readFile(path, 'utf-8')));
const { code: sheet } = await transform(elsewhere(styles.join('\n')), { loader: 'css', minify: true });
await mkdir(INTO, { recursive: true });
await writeFile(`${INTO}/widget.css`, sheet);
const banner = { js: '/*! What is bundled here, and by which licences: plots.LICENSE.txt */' };
const plots = await bundled('src/widget/drawing.ts', 'plots.js', { legalComments: 'none', banner });
await writeFile(`${INTO}/plots.LICENSE.txt`, await licences(plots.metafile));
// A page keeps one for all widgets, and tells by its digest whether it is theirs.
const digest = createHash('sha256').update(plots.code).digest('hex');
await bundled('src/widget/index.tsx', 'widget.js', { legalComments: 'eof', define: { PLOTS: JSON.stringify(digest) } });
