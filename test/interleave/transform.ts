import { Colors, classesIn, type Module, PRIVATE, tellingNodes } from './color.ts';
import { COMPUTED, calledName, childrenOf, isFunction, type Node, nameOf, parseModule } from './syntax.ts';

/**
 * Turns the compiled modules of the ring into functions in which every atomic step is a `yield`.
 *
 *   load(words, i)        →  (yield { op: 'load', words, i, … })
 *   this.release()        →  (yield* this.release())         where `release` may reach a step
 *   get closed() {…}      →  *$get_closed() {…}              and `x.closed` → (yield* x.$get_closed())
 *   constructor(a) {…}    →  *$init(a) {…}                   and `new X(a)` → (yield* $.make(X, [a]))
 *   words[i] = v          →  $.write(words, i, v)            so that plain accesses can be checked for races,
 *                            (yield* $.set(words, i, v))     or, where `plain` is asked for, are steps too
 *   await p               →  (yield* $.await(p))             and `new Promise(f)` → (yield* $.promise(f))
 *   many.some(f)          →  (yield* $.some(many, f))        where `f` may reach a step
 *
 * Each module becomes the text of one function of `$import`, `$exports` and the run-time support `$`, to be
 * instantiated once per logical thread.
 */
export interface Site {
  readonly file: string;
  readonly line: number;
  readonly within: string;
}

export interface Program {
  readonly modules: ReadonlyMap<string, string>;
  /** What steps are known by. */
  readonly sites: ReadonlyMap<number, Site>;
}

/** Methods that built-in collections and codecs have too, or that are callbacks elsewhere: whether the call reaches is seen when it returns. */
const AMBIGUOUS = new Set([
  ...['add', 'delete', 'next', 'return', 'get', 'set', 'fill', 'then'],
  ...['read', 'write', 'view', '#end', COMPUTED],
]);

/** Seeded bugs change one module in many: what is known of the others is kept. */
const parsedModules = new Map<string, Module>();
const emittedModules = new Map<string, { readonly text: string; readonly sites: readonly Site[] }>();

export function transform(sources: ReadonlyMap<string, string>, plain = false): Program {
  const modules = [...sources].map(([name, source]) => parsed(name, source));
  const colors = new Colors(modules, plain);
  const { key } = colors;
  const emitted = modules.map((module, i) => emit(module, colors, key, i * SITES_PER_MODULE));
  const sites = emitted.flatMap((each, i) =>
    each.sites.map((site, j) => [i * SITES_PER_MODULE + j, site] as const),
  );
  const texts = modules.map(({ name }, i) => [name, emitted[i]?.text as string] as const);
  return { modules: new Map(texts), sites: new Map(sites) };
}

const SITES_PER_MODULE = 1000;

function emit(
  module: Module,
  colors: Colors,
  key: string,
  firstSite: number,
): { text: string; sites: readonly Site[] } {
  const id = `${module.name} ${firstSite} ${module.source} ${key}`;
  let known = emittedModules.get(id);
  if (known === undefined) {
    known = new Emitter(module, colors, firstSite).module();
    emittedModules.set(id, known);
  }
  return known;
}

function parsed(name: string, source: string): Module {
  const id = `${name} ${source}`;
  let known = parsedModules.get(id);
  if (known === undefined) {
    known = parse(name, source);
    parsedModules.set(id, known);
  }
  return known;
}

function parse(name: string, source: string): Module {
  const ast = parseModule(source);
  const seam = new Map<string, string>();
  for (const node of ast.body as Node[]) {
    if (node.type !== 'ImportDeclaration' || node.source?.value !== './atomics.js') continue;
    for (const { local, imported } of node.specifiers ?? [])
      seam.set(nameOf(local) as string, nameOf(imported) as string);
  }
  return { name, source, ast, seam, telling: [...tellingNodes(ast)], classes: [...classesIn(ast)] };
}

class Emitter {
  readonly #module: Module;
  readonly #colors: Colors;
  readonly #sites: Site[] = [];
  readonly #firstSite: number;
  readonly #exports: string[] = [];
  /** Names of the functions and classes around the node being emitted, for the trace. */
  readonly #around: string[] = [];

  constructor(module: Module, colors: Colors, firstSite: number) {
    this.#module = module;
    this.#colors = colors;
    this.#firstSite = firstSite;
  }

  module(): { text: string; sites: readonly Site[] } {
    const body = this.#inside(this.#module.ast);
    return { text: `'use strict';\n${body}\n${this.#exports.join('\n')}`, sites: this.#sites };
  }

  #text(node: Node): string {
    const name = isFunction(node) || node.type === 'ClassDeclaration' ? nameOf(node.id) : undefined;
    const method =
      node.type === 'MethodDefinition' || node.type === 'Property' ? nameOf(node.key) : undefined;
    const label =
      name ?? (typeof node.value === 'object' && node.value && isFunction(node.value) ? method : undefined);
    if (label === undefined) return this.#emit(node);
    this.#around.push(label);
    const text = this.#emit(node);
    this.#around.pop();
    return text;
  }

  #emit(node: Node): string {
    switch (node.type) {
      case 'ImportDeclaration':
        return this.#import(node);
      case 'ExportNamedDeclaration':
        return this.#export(node);
      case 'CallExpression':
        return this.#call(node);
      case 'NewExpression':
        return this.#new(node);
      case 'MemberExpression':
        return this.#member(node);
      case 'AssignmentExpression':
        return this.#assignment(node);
      case 'UpdateExpression':
        return this.#update(node);
      case 'AwaitExpression':
        return `(yield* $.await(${this.#text(node.argument as Node)}))`;
      case 'ArrowFunctionExpression':
        return this.#arrow(node);
      case 'FunctionDeclaration':
        return this.#colors.reaches(node)
          ? this.#inside(node).replace(/^(async )?function/, 'function*')
          : this.#inside(node);
      case 'VariableDeclarator':
        return this.#declarator(node);
      case 'MethodDefinition':
      case 'Property':
        return this.#method(node);
      default:
        return this.#inside(node);
    }
  }

  /** The node's own text with its children emitted. */
  #inside(node: Node): string {
    let text = '';
    let at = node.start;
    for (const child of childrenOf(node)) {
      text += this.#module.source.slice(at, child.start) + this.#text(child);
      at = child.end;
    }
    return text + this.#module.source.slice(at, node.end);
  }

  #import(node: Node): string {
    const names = (node.specifiers ?? []).map(
      ({ imported, local }) => `${nameOf(imported)}: ${nameOf(local)}`,
    );
    return `const { ${names.join(', ')} } = $import('${node.source?.value}');`;
  }

  #export(node: Node): string {
    const { declaration } = node;
    for (const { local, exported } of node.specifiers ?? []) this.#exporting(nameOf(exported), nameOf(local));
    if (!declaration) return '';
    for (const declarator of declaration.declarations ?? [declaration])
      this.#exporting(nameOf(declarator.id));
    return this.#text(declaration);
  }

  #exporting(name: string | undefined, local = name): void {
    this.#exports.push(`$exports.${name} = ${local};`);
  }

  #call(node: Node): string {
    const callee = node.callee as Node;
    if (callee.type === 'Super') return `(yield* super.$init(${this.#list(node)}))`;
    const called = calledName(callee);
    const seam = called && !called.member ? this.#module.seam.get(called.name) : undefined;
    if (seam === 'pause') return 'undefined';
    if (seam !== undefined) return this.#step(seam, node);
    if (called?.name === '$rest') return this.#rest(node);
    if (this.#colors.isOverArray(node))
      return `(yield* $.${called?.name}(${this.#text(callee.object as Node)}, ${this.#list(node)}))`;
    const text = this.#inside(node);
    if (!this.#colors.isReachingUse(node, this.#module)) return text;
    return node.optional || this.#isUncertain(callee) ? `(yield* $.maybe(${text}))` : `(yield* ${text})`;
  }

  #isUncertain(callee: Node): boolean {
    const { name = '', member } = calledName(callee) ?? {};
    if (PRIVATE.has(this.#module.name) && name.startsWith('#')) return true;
    if (!member) return this.#colors.parameters.has(name);
    return AMBIGUOUS.has(name) || this.#colors.isKeptFunction(name);
  }

  #step(op: string, node: Node): string {
    const [words, index, a = 'undefined', b = 'undefined'] = (node.arguments ?? []).map((each) =>
      this.#text(each),
    );
    return `(yield { op: '${op}', words: ${words}, index: ${index}, a: ${a}, b: ${b}, site: ${this.#site(node)} })`;
  }

  /** The number under which the trace finds where this is. */
  #site(node: Node): number {
    const line = this.#module.source.slice(0, node.start).split('\n').length;
    this.#sites.push({ file: this.#module.name, line, within: this.#around.join('.') });
    return this.#firstSite + this.#sites.length - 1;
  }

  /** `$rest(deadline)`: see `Op`. */
  #rest(node: Node): string {
    return `(yield { op: 'rest', words: $.noWords, index: 0, a: ${this.#list(node)}, site: ${this.#site(node)} })`;
  }

  #list(node: Node): string {
    return (node.arguments ?? []).map((argument) => this.#text(argument)).join(', ');
  }

  #new(node: Node): string {
    if (nameOf(node.callee) === 'Promise') return `(yield* $.promise(${this.#list(node)}))`;
    if (!this.#colors.classes.has(nameOf(node.callee) ?? '')) return this.#inside(node);
    return `(yield* $.make(${nameOf(node.callee)}, [${this.#list(node)}]))`;
  }

  #member(node: Node): string {
    const object = this.#text(node.object as Node);
    if (node.computed) return this.#reading(node, object, this.#text(node.property as Node));
    const name = nameOf(node.property) ?? '';
    if (!this.#colors.getters.has(name)) return this.#inside(node);
    return `(yield* ${object}.${getterName(name)}())`;
  }

  #assignment(node: Node): string {
    const left = node.left as Node;
    if (left.type !== 'MemberExpression' || !left.computed) return this.#inside(node);
    const [object, index] = [this.#text(left.object as Node), this.#text(left.property as Node)];
    const right = this.#text(node.right as Node);
    const value =
      node.operator === '='
        ? right
        : `${this.#reading(left, object, index)} ${node.operator?.slice(0, -1)} (${right})`;
    return this.#writing(left, object, index, value);
  }

  #reading(member: Node, object: string, index: string): string {
    if (!this.#colors.isShared(member, this.#module)) return `$.read(${object}, ${index})`;
    return `(yield* $.get(${object}, ${index}, ${this.#site(member)}))`;
  }

  #writing(member: Node, object: string, index: string, value: string): string {
    if (!this.#colors.isShared(member, this.#module)) return `$.write(${object}, ${index}, ${value})`;
    return `(yield* $.set(${object}, ${index}, ${value}, ${this.#site(member)}))`;
  }

  #update(node: Node): string {
    const target = node.argument as Node;
    if (target.type !== 'MemberExpression' || !target.computed) return this.#inside(node);
    const [object, index] = [this.#text(target.object as Node), this.#text(target.property as Node)];
    const value = `${this.#reading(target, object, index)} ${node.operator === '++' ? '+' : '-'} 1`;
    return this.#writing(target, object, index, value);
  }

  /** Takes the getters out of a pattern: `const { seat, a } = lot` → `$o = lot, { a } = $o, seat = …`. */
  #declarator(node: Node): string {
    const getters = this.#colors.gettersIn(node);
    if (getters.length === 0) return this.#inside(node);
    const object = `$o${node.start}`;
    const others = (node.id?.properties ?? []).filter((each) => !getters.includes(each));
    const parts = [`${object} = ${this.#text(node.init as Node)}`];
    parts.push(`{ ${others.map((each) => this.#text(each)).join(', ')} } = ${object}`);
    for (const { key, value } of getters) {
      parts.push(`${nameOf(value as Node)} = (yield* $.property(${object}, '${nameOf(key)}'))`);
    }
    return parts.join(', ');
  }

  /** An arrow function can't be a generator, so a generator with the same `this` is put into it. */
  #arrow(node: Node): string {
    if (!this.#colors.reaches(node)) return this.#inside(node);
    const params = (node.params ?? []).map((param) => this.#text(param)).join(', ');
    const body = this.#text(node.body as Node);
    const block = (node.body as Node).type === 'BlockStatement' ? body : `{ return ${body}; }`;
    return `(${params}) => (function* () ${block}).call(this)`;
  }

  #method(node: Node): string {
    const fn = node.value as Node;
    if (node.kind === 'constructor') return this.#initializer(node);
    const shorthand =
      node.type === 'MethodDefinition' || node.kind === 'get' || (node as { method?: boolean }).method;
    if (!shorthand || !this.#colors.reaches(fn)) return this.#inside(node);
    const key = node.computed ? `[${this.#text(node.key as Node)}]` : (nameOf(node.key) as string);
    const name = node.kind === 'get' ? getterName(key) : key;
    return `${node.static ? 'static ' : ''}*${name}${this.#inside(fn)}`;
  }

  #initializer(node: Node): string {
    const owner = this.#around.at(-2) ?? '';
    if (!this.#colors.classes.has(owner)) return this.#rawConstructor(node);
    return `*$init${this.#inside(node.value as Node)}`;
  }

  /** A constructor that stays one keeps its `super(…)`. */
  #rawConstructor(node: Node): string {
    return this.#inside(node).replaceAll('(yield* super.$init(', '(super(');
  }
}

function getterName(name: string): string {
  return name.startsWith('#') ? `#$get_${name.slice(1)}` : `$get_${name}`;
}
