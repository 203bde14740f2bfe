import { parse } from 'acorn';

/** The parts of an ESTree node that the transform looks at. */
export interface Node {
  readonly type: string;
  readonly start: number;
  readonly end: number;
  readonly name?: string;
  readonly callee?: Node;
  readonly arguments?: readonly Node[];
  readonly object?: Node;
  readonly property?: Node;
  readonly computed?: boolean;
  readonly optional?: boolean;
  readonly expression?: boolean | Node;
  readonly key?: Node;
  readonly kind?: string;
  readonly static?: boolean;
  readonly async?: boolean;
  readonly value?: Node | string | number | null;
  readonly body?: Node | Node[];
  readonly id?: Node | null;
  readonly init?: Node | null;
  readonly params?: readonly Node[];
  readonly left?: Node;
  readonly right?: Node;
  readonly operator?: string;
  readonly prefix?: boolean;
  readonly argument?: Node;
  readonly superClass?: Node | null;
  readonly declaration?: Node | null;
  readonly declarations?: readonly Node[];
  readonly properties?: readonly Node[];
  readonly specifiers?: readonly Node[];
  readonly imported?: Node;
  readonly local?: Node;
  readonly exported?: Node;
  readonly source?: Node | null;
}

export function parseModule(source: string): Node {
  return parse(source, { ecmaVersion: 'latest', sourceType: 'module' }) as unknown as Node;
}

/** The text with its comments blanked out; lines stay where they are. */
export function withoutComments(source: string): string {
  let text = source;
  const onComment = (_block: boolean, _text: string, start: number, end: number) => {
    text = text.slice(0, start) + text.slice(start, end).replace(/[^\n]/g, ' ') + text.slice(end);
  };
  parse(source, { ecmaVersion: 'latest', sourceType: 'module', onComment });
  return text;
}

const isNode = (value: unknown): value is Node =>
  typeof value === 'object' && value !== null && typeof (value as Node).type === 'string';

const children = new WeakMap<Node, readonly Node[]>();

/** The nodes directly within a node, in the order of the text. */
export function childrenOf(node: Node): readonly Node[] {
  let known = children.get(node);
  if (known === undefined) {
    known = findChildren(node);
    children.set(node, known);
  }
  return known;
}

function findChildren(node: Node): Node[] {
  const children: Node[] = [];
  for (const value of Object.values(node)) {
    if (isNode(value)) children.push(value);
    else if (Array.isArray(value)) children.push(...value.filter(isNode));
  }
  // A shorthand property or an import without `as` has one identifier in two roles.
  const byStart = children.sort((a, b) => a.start - b.start || b.end - a.end);
  return byStart.filter((child, i) => i === 0 || child.start >= (byStart[i - 1] as Node).end);
}

export const isFunction = (node: Node): boolean =>
  node.type === 'FunctionDeclaration' ||
  node.type === 'FunctionExpression' ||
  node.type === 'ArrowFunctionExpression';

/** A property's name as written; `#` in front of private ones. */
export function nameOf(key: Node | undefined | null): string | undefined {
  if (key?.type === 'Identifier') return key.name;
  return key?.type === 'PrivateIdentifier' ? `#${key.name}` : undefined;
}

/** What methods with a computed key, as `[Symbol.iterator]`, are known by. */
export const COMPUTED = '[computed]';

/** What a call is known by: the identifier or the property it calls. */
export function calledName(callee: Node): { name: string; member: boolean } | undefined {
  if (callee.type === 'Identifier') return { name: callee.name as string, member: false };
  if (callee.type !== 'MemberExpression') return undefined;
  if (callee.computed) return { name: COMPUTED, member: true };
  const name = nameOf(callee.property);
  return name === undefined ? undefined : { name, member: true };
}
