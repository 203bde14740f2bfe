import { calledName, childrenOf, isFunction, type Node, nameOf } from './syntax.ts';

/** The functions of the seam (`atomics.ts`): a call of one is a step of the scheduler. */
export const SEAM = [
  'load',
  'store',
  'add',
  'or',
  'exchange',
  'compareExchange',
  'wait',
  'notify',
  'waitAsync',
  'pause',
] as const;

export interface Module {
  readonly name: string;
  readonly source: string;
  readonly ast: Node;
  /** What this module calls the seam's functions: local name → name in the seam. */
  readonly seam: ReadonlyMap<string, string>;
}

/**
 * Which functions may reach an atomic step and so become generators. It is decided by name over all modules at
 * once, without types: a call reaches when anything of that name does. Functions that do not reach stay as they are.
 */
export class Colors {
  /** Names of functions called as `f()`. */
  readonly functions = new Set<string>();
  /** Names of parameters that are passed functions of which some reach. */
  readonly parameters = new Set<string>();
  /** Names of methods called as `o.f()`, private ones with `#`. */
  readonly methods = new Set<string>();
  readonly getters = new Set<string>();
  /** Classes whose constructor reaches, with all their ancestors and heirs: these are made by `$init`. */
  readonly classes = new Set<string>();
  readonly #reaching = new Set<Node>();
  /** Functions that are passed a reaching function, by name and the argument's number: `offerRuns 1`. */
  readonly #callbacks = new Set<string>();

  constructor(modules: readonly Module[]) {
    for (;;) {
      const before = this.#size();
      for (const module of modules) this.#visit(module.ast, module, undefined);
      this.#spreadOverFamilies(modules);
      if (this.#size() === before) return;
    }
  }

  #size(): number {
    return (
      this.functions.size +
      this.methods.size +
      this.getters.size +
      this.classes.size +
      this.#reaching.size +
      this.#callbacks.size
    );
  }

  reaches(fn: Node): boolean {
    return this.#reaching.has(fn);
  }

  /** Walks the tree; `around` is the innermost function. */
  #visit(node: Node, module: Module, around: Node | undefined): void {
    if (around !== undefined && this.isReachingUse(node, module)) this.#reaching.add(around);
    const inner = isFunction(node) ? node : around;
    for (const child of childrenOf(node)) this.#visit(child, module, inner);
    this.#noteCallbacks(node);
    this.#nameReaching(node);
  }

  #noteCallbacks(node: Node): void {
    if (node.type !== 'CallExpression') return;
    for (const [i, argument] of (node.arguments ?? []).entries()) {
      if (this.#reaching.has(argument)) this.#callbacks.add(`${calledName(node.callee as Node)?.name} ${i}`);
    }
  }

  /** A parameter to which a reaching function is passed is called like one. */
  #nameParameters(name: string | undefined, fn: Node): void {
    for (const [i, parameter] of (fn.params ?? []).entries()) {
      if (!this.#callbacks.has(`${name} ${i}`)) continue;
      this.functions.add(nameOf(parameter) as string);
      this.parameters.add(nameOf(parameter) as string);
    }
  }

  isReachingUse(node: Node, module: Module): boolean {
    if (node.type === 'AwaitExpression') return true;
    if (node.type === 'NewExpression') return this.classes.has(nameOf(node.callee) ?? '');
    if (node.type === 'MemberExpression')
      return !node.computed && this.getters.has(nameOf(node.property) ?? '');
    if (node.type === 'VariableDeclarator') return this.gettersIn(node).length > 0;
    if (node.type !== 'CallExpression') return false;
    const called = calledName(node.callee as Node);
    if (called === undefined) return false;
    if (called.member) return this.methods.has(called.name);
    return this.functions.has(called.name) || this.isSeam(called.name, module);
  }

  /** Getters that a declaration reads by taking an object apart: `const { seat } = lot`. */
  gettersIn({ id }: Node): Node[] {
    if (id?.type !== 'ObjectPattern') return [];
    return (id.properties ?? []).filter(({ key }) => this.getters.has(nameOf(key) ?? ''));
  }

  isSeam(name: string, module: Module): boolean {
    const seam = module.seam.get(name);
    return seam !== undefined && seam !== 'pause';
  }

  /** Once a function reaches, so does its name, and every other function of that name. */
  #nameReaching(node: Node): void {
    if (node.type === 'FunctionDeclaration') this.#share(this.functions, nameOf(node.id), node);
    const value = node.type === 'VariableDeclarator' ? node.init : node.value;
    if (typeof value !== 'object' || value === null || !isFunction(value) || node.kind === 'constructor')
      return;
    if (node.type === 'VariableDeclarator') this.#share(this.functions, nameOf(node.id), value);
    else
      this.#share(node.kind === 'get' ? this.getters : this.methods, nameOf(node.key) ?? '[computed]', value);
  }

  #share(names: Set<string>, name: string | undefined, fn: Node): void {
    this.#nameParameters(name, fn);
    if (this.reaches(fn)) names.add(name as string);
    else if (names.has(name as string)) this.#reaching.add(fn);
  }

  #spreadOverFamilies(modules: readonly Module[]): void {
    for (const { ast } of modules) {
      for (const node of classesIn(ast)) {
        const name = nameOf(node.id) as string;
        const parent = nameOf(node.superClass);
        if (this.#constructorReaches(node)) this.classes.add(name);
        if (parent === undefined) continue;
        if (this.classes.has(parent)) this.classes.add(name);
        if (this.classes.has(name) && !parent.endsWith('Error')) this.classes.add(parent);
      }
    }
  }

  #constructorReaches(node: Node): boolean {
    const members = (node.body as Node).body as Node[];
    return members.some((member) => member.kind === 'constructor' && this.reaches(member.value as Node));
  }
}

function* classesIn(node: Node): Generator<Node> {
  if (node.type === 'ClassDeclaration') yield node;
  for (const child of childrenOf(node)) yield* classesIn(child);
}
