import ts from 'typescript';

import { unmarked } from './marking';

/** Attributes and properties whose text people read. */
const READ = new Set(['aria-label', 'title', 'placeholder', 'alt', 'label', 'caption', 'accept', 'help', 'text', 'hint']);
const CODE = ['code', 'pre'];
const FAULT = /(Error|Refusal|Missing)$/;

/** The texts below a node that people would read as they stand in the source: no translator is given them. */
export function* untranslated(node: ts.Node): Generator<ts.Node> {
  if (ts.isJsxElement(node) && CODE.includes(node.openingElement.tagName.getText())) {
    return;
  }
  if (ts.isJsxText(node)) {
    yield* isText(node.text) ? [node] : [];
  } else if (ts.isJsxExpression(node) && ts.isJsxElement(node.parent) && node.expression) {
    yield* texts(node.expression);
  } else if ((ts.isJsxAttribute(node) || ts.isPropertyAssignment(node)) && node.initializer && READ.has(nameOf(node))) {
    yield* texts(node.initializer);
  } else if (ts.isNewExpression(node) && FAULT.test(node.expression.getText()) && node.arguments?.length) {
    yield* texts(node.arguments[0]);
  }
  const children: ts.Node[] = [];
  ts.forEachChild(node, child => void children.push(child));
  for (const child of children) {
    yield* untranslated(child);
  }
}

/** The texts that an expression may come to; what a call comes to is not looked at. */
function* texts(node: ts.Node): Generator<ts.Node> {
  if (ts.isStringLiteralLike(node)) {
    yield* isText(node.text) ? [node] : [];
  } else if (ts.isTemplateExpression(node)) {
    const parts = [node.head, ...node.templateSpans.map(span => span.literal)];
    yield* parts.some(part => isText(part.text)) ? [node] : [];
  } else if (ts.isConditionalExpression(node)) {
    yield* [...texts(node.whenTrue), ...texts(node.whenFalse)];
  } else if (ts.isBinaryExpression(node) && !isComparison(node)) {
    yield* [...texts(node.left), ...texts(node.right)];
  } else if (ts.isJsxExpression(node) && node.expression) {
    yield* texts(node.expression);
  } else if (ts.isParenthesizedExpression(node)) {
    yield* texts(node.expression);
  }
}

function isComparison({ operatorToken: { kind } }: ts.BinaryExpression): boolean {
  const { EqualsEqualsEqualsToken, ExclamationEqualsEqualsToken } = ts.SyntaxKind;
  return kind === EqualsEqualsEqualsToken || kind === ExclamationEqualsEqualsToken;
}

function nameOf(node: ts.JsxAttribute | ts.PropertyAssignment): string {
  return node.name.getText().replace(/['"]/g, '');
}

function isText(text: string): boolean {
  return unmarked(text) !== '';
}
