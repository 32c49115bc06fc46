import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';

const SOURCE = join(__dirname, '..');
const HERE = 'testing';

/** A file of the source, parsed; tests and what serves them are left out. */
export function sources(): readonly ts.SourceFile[] {
  return (readdirSync(SOURCE, { recursive: true }) as string[])
    .filter(name => /\.tsx?$/.test(name) && !/\.test\.|\.d\.ts$/.test(name) && !name.startsWith(HERE))
    .map(parsed);
}

/** The types that the server knows. */
export function wire(): ts.SourceFile {
  return parsed('wire.ts');
}

function parsed(name: string): ts.SourceFile {
  return ts.createSourceFile(name, readFileSync(join(SOURCE, name), 'utf-8'), ts.ScriptTarget.ES2020, true);
}

/** Every node below one, itself included. */
export function* within(node: ts.Node): Generator<ts.Node> {
  yield node;
  const children: ts.Node[] = [];
  ts.forEachChild(node, child => void children.push(child));
  for (const child of children) {
    yield* within(child);
  }
}

/** Where something stands, for whoever has to mend it. */
export function place(node: ts.Node): string {
  const file = node.getSourceFile();
  return `${file.fileName}:${file.getLineAndCharacterOfPosition(node.getStart()).line + 1}`;
}
