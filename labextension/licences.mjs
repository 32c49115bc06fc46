// The licences of the packages that a module was bundled from.

import { readdir, readFile } from 'node:fs/promises';

const FOLDER = /^(.*node_modules\/(?:@[^/]+\/)?[^/]+)\//;

/** Every package that left something in the module, with the text of its licence. */
export async function licences(metafile) {
  const [output] = Object.values(metafile.outputs);
  const used = Object.entries(output.inputs).filter(([, { bytesInOutput }]) => bytesInOutput > 0);
  const paths = used.map(([path]) => path).filter(path => FOLDER.test(path));
  const folders = new Set(paths.map(path => FOLDER.exec(path)[1]));
  const packages = await Promise.all([...folders].map(described));
  const titles = new Map();
  for (const one of packages.sort((one, other) => one.title.localeCompare(other.title))) {
    const text = textOf(one, packages);
    titles.set(text, [...(titles.get(text) ?? []), one.title]);
  }
  for (const path of paths) {
    for (const notice of await notices(path)) {
      titles.set(notice, [...(titles.get(notice) ?? []), `A part of ${FOLDER.exec(path)[1].replace(/^.*node_modules\//, '')}`]);
    }
  }
  const said = [...titles].map(([text, of]) => `${of.join('\n')}\n\n${text}\n`);
  return said.join(`\n${'-'.repeat(80)}\n\n`);
}

async function described(folder) {
  const { name, version, license, repository } = JSON.parse(await readFile(`${folder}/package.json`, 'utf-8'));
  const file = (await readdir(folder)).find(name => /^licen[cs]e/i.test(name));
  const text = file && (await readFile(`${folder}/${file}`, 'utf-8')).trim();
  return { title: `${name} ${version} (${license})`, license, text, home: repository?.url ?? repository };
}

/** What stands in a file about code that its package has taken from elsewhere. */
async function notices(path) {
  const comments = (await readFile(path, 'utf-8')).match(/\/\*[\s\S]*?\*\//g) ?? [];
  return comments.filter(comment => /copyright/i.test(comment)).map(plain);
}

/** The text of a comment. */
function plain(comment) {
  const lines = comment.slice(2, -2).split('\n');
  return lines.map(line => line.replace(/^[ *!]+/, '').trimEnd()).join('\n').trim();
}

/** A package without a text of its own comes from a repository that has one, which others of its packages carry. */
function textOf({ title, license, text, home }, packages) {
  const found = text ?? packages.find(one => one.text && home && one.home === home && one.license === license)?.text;
  if (!found) {
    throw new Error(`${title} is bundled, and the text of its licence was not found`);
  }
  return found;
}
