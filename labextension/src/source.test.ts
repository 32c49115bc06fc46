import ts from 'typescript';
import { expect, test } from 'vitest';

import { untranslated } from './testing/literals';
import { place, sources, wire, within } from './testing/source';

/** Texts that are the same in every language. */
const SAME = [
  "metrics.auc > 0.7 and stage = 'staging'",
  "metrics.auc > 0.7 and stage = 'candidate'",
  'churn:1 churn:3',
  'auc',
  '4GB',
  '30m',
  'team=ops'
];
/** What nobody gets to read, unless we have made a mistake. */
const UNSEEN = ['the kernel is busy', 'a view of the registry is outside WithDesk', 'a picture asks for ${uri}'];

test('every text that people read is given to the translator', () => {
  const found = sources().flatMap(file => [...untranslated(file)]);
  const left = found.filter(one => ![...SAME, ...UNSEEN].includes(one.getText().replace(/^['"`]|['"`]$/g, '')));
  expect(left.map(one => `${place(one)} ${one.getText()}`)).toEqual([]);
});

test('texts are translated where programs that collect them look: trans.__ of a literal', () => {
  const calls = sources().flatMap(file => [...within(file)].filter(ts.isCallExpression));
  const wrong = calls.filter(call => {
    const [, of] = /^(.*)\.(?:__|_n)$/s.exec(call.expression.getText()) ?? [];
    const isSeen = of === 'trans' || (of === 'english' && call.getSourceFile().fileName.startsWith('widget/'));
    return of !== undefined && !(isSeen && isLiteral(call.arguments[0]));
  });
  expect(wrong.map(one => `${place(one)} ${one.getText()}`)).toEqual([]);
});

function isLiteral(node: ts.Node): boolean {
  return ts.isStringLiteral(node) || (ts.isBinaryExpression(node) && isLiteral(node.left) && isLiteral(node.right));
}

/** So many fields in common may be chance, unless they are all that there is. */
const CHANCE = 2;

test('what the server knows is written down by it alone', () => {
  const known = shapes(wire());
  const copies = sources()
    .filter(file => file.fileName !== 'wire.ts')
    .flatMap(shapes)
    .flatMap(one => {
      const like = known.find(other => isCopy(one.fields, other.fields));
      return like ? [`${place(one.node)} is ${place(like.node)}`] : [];
    });
  expect(copies).toEqual([]);
});

function isCopy(fields: readonly string[], of: readonly string[]): boolean {
  const isWhole = fields.length === of.length && fields.length === CHANCE;
  return (isWhole || fields.length > CHANCE) && fields.every(field => of.includes(field));
}

interface IShape {
  node: ts.Node;
  fields: readonly string[];
}

/** Every interface and every type that is written as its fields. */
function shapes(file: ts.SourceFile): readonly IShape[] {
  return [...within(file)].flatMap(node => {
    if (!ts.isInterfaceDeclaration(node) && !ts.isTypeLiteralNode(node)) {
      return [];
    }
    const fields = node.members.filter(ts.isPropertySignature).map(one => one.name.getText());
    return fields.length === node.members.length ? [{ node, fields }] : [];
  });
}
