import ts from 'typescript';

import { Answer, Verb } from '../registry/asking';
import { wire } from './source';

/** What replies hold where nothing else is said, by the name of the field. */
export type Given = Readonly<Record<string, unknown>>;

const NUMBER = 3;

/** Replies in which every field is filled, lists with one item: what a registry might say, in other letters than ours. */
export class Samples {
  /** With what the text of every field begins with; no two of one reply are the same. */
  constructor(private readonly text: string) {}

  /** What a verb might answer. */
  reply<V extends Verb>(verb: V, given: Given = {}): Answer<V> {
    const maps = this.types.get('Verbs') as ts.InterfaceDeclaration;
    const found = maps.members.find(one => (one.name as ts.StringLiteral).text === verb) as ts.PropertySignature;
    this.count = 0;
    return this.of((found.type as ts.TupleTypeNode).elements[1], given) as Answer<V>;
  }

  private of(type: ts.TypeNode, given: Given): unknown {
    if (ts.isUnionTypeNode(type)) {
      return this.of(type.types.find(one => one.kind === ts.SyntaxKind.StringKeyword) ?? type.types[0], given);
    }
    if (ts.isTypeOperatorNode(type) || ts.isParenthesizedTypeNode(type)) {
      return this.of(type.type, given);
    }
    if (ts.isArrayTypeNode(type)) {
      return [this.of(type.elementType, given)];
    }
    if (ts.isTupleTypeNode(type)) {
      return type.elements.map(one => this.of(one as ts.TypeNode, given));
    }
    if (ts.isTypeReferenceNode(type)) {
      return this.named(type, given);
    }
    const plain: Partial<Record<ts.SyntaxKind, unknown>> = {
      [ts.SyntaxKind.NumberKeyword]: NUMBER,
      [ts.SyntaxKind.BooleanKeyword]: true
    };
    return plain[type.kind] ?? this.another();
  }

  private named(type: ts.TypeReferenceNode, given: Given): unknown {
    const name = type.typeName.getText();
    if (name === 'Readonly' || name === 'Record') {
      const inner = type.typeArguments?.[name === 'Readonly' ? 0 : 1] as ts.TypeNode;
      return name === 'Readonly' ? this.of(inner, given) : { [this.text]: this.of(inner, given) };
    }
    const found = this.types.get(name);
    if (!found || !ts.isInterfaceDeclaration(found)) {
      return this.firstOf(name);
    }
    const fields = found.members.map(member => {
      const field = member as ts.PropertySignature;
      const key = field.name.getText();
      return [key, key in given ? given[key] : this.of(field.type as ts.TypeNode, given)];
    });
    return Object.fromEntries(fields);
  }

  /** The first word of an enumeration, which stands right before its type. */
  private firstOf(name: string): string {
    const before = this.file.statements[this.file.statements.findIndex(one => one === this.types.get(name)) - 1];
    return /'([^']*)'/.exec(before.getText())?.[1] ?? this.another();
  }

  private another(): string {
    return `${this.text}${(this.count += 1)}`;
  }

  private count = 0;
  private readonly file = wire();
  private readonly types = new Map(
    this.file.statements
      .filter(one => ts.isInterfaceDeclaration(one) || ts.isTypeAliasDeclaration(one))
      .map(one => [one.name.text, one])
  );
}
