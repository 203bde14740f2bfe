import { COMPUTED, calledName, childrenOf, isFunction, type Node, nameOf } from './syntax.ts';

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

/** Methods of arrays that call what they are given. */
export const OVER_ARRAYS: ReadonlySet<string> = new Set(['some', 'every', 'find', 'map', 'reduce']);

/** What the ring calls words that it shares with other threads. */
const SHARED_WORDS: ReadonlySet<string> = new Set(['words', '#words']);
/** What the probes do, step by step where plain accesses are steps. */
const PROBES: ReadonlySet<string> = new Set(['read', 'write', 'view']);
/** What `fill` calls back: it writes as the probes do. */
const FILLING = 'write';
/** Modules whose codecs work in private memory. */
export const PRIVATE: ReadonlySet<string> = new Set(['./latest.js']);
/** Modules whose plain accesses are to words that never change once the ring is made. */
const CONSTANT: ReadonlySet<string> = new Set(['./lot.js', './layout.js', './open.js', './latest.js']);

export interface Module {
  readonly name: string;
  readonly source: string;
  readonly ast: Node;
  /** What this module calls the seam's functions: local name → name in the seam. */
  readonly seam: ReadonlyMap<string, string>;
  /** The nodes that can tell something about reaching, each with the innermost function around it. */
  readonly telling: readonly (readonly [node: Node, around: Node | undefined])[];
  readonly classes: readonly Node[];
}

const TELLING: ReadonlySet<string> = new Set([
  ...['AwaitExpression', 'NewExpression', 'MemberExpression', 'VariableDeclarator', 'CallExpression'],
  ...['FunctionDeclaration', 'MethodDefinition', 'Property', 'PropertyDefinition'],
]);

/** What `Module` keeps of a tree, inner nodes first. */
export function* tellingNodes(node: Node, around?: Node): Generator<readonly [Node, Node | undefined]> {
  const inner = isFunction(node) ? node : around;
  for (const child of childrenOf(node)) yield* tellingNodes(child, inner);
  if (TELLING.has(node.type)) yield [node, around];
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
  /** Whether plain accesses to shared words are steps too. */
  readonly #plain: boolean;

  constructor(modules: readonly Module[], plain: boolean) {
    this.#plain = plain;
    if (plain) for (const name of PROBES) this.methods.add(name);
    this.functions.add(FILLING);
    this.parameters.add(FILLING);
    for (;;) {
      const before = this.#size();
      for (const module of modules) this.#visit(module);
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

  /** Everything that the emitted text of a module depends on, apart from the module. */
  get key(): string {
    const names = [
      this.functions,
      this.parameters,
      this.methods,
      this.getters,
      this.classes,
      this.#callbacks,
    ];
    return `${this.#plain} ${names.map((each) => [...each].sort().join()).join('|')}`;
  }

  reaches(fn: Node): boolean {
    return this.#reaching.has(fn);
  }

  #visit(module: Module): void {
    for (const [node, around] of module.telling) {
      if (around !== undefined && !this.#reaching.has(around) && this.isReachingUse(node, module))
        this.#reaching.add(around);
      this.#noteCallbacks(node);
      this.#nameReaching(node);
    }
  }

  #noteCallbacks(node: Node): void {
    if (node.type !== 'CallExpression') return;
    for (const [i, argument] of (node.arguments ?? []).entries()) {
      if (this.#isReachingFunction(argument))
        this.#callbacks.add(`${calledName(node.callee as Node)?.name} ${i}`);
    }
  }

  /** A function that reaches, or the name of one that is passed on. */
  #isReachingFunction(node: Node): boolean {
    if (node.type === 'Identifier') return this.parameters.has(node.name as string);
    if (node.type !== 'MemberExpression' || node.computed) return this.#reaching.has(node);
    return node.object?.type === 'ThisExpression' && this.methods.has(nameOf(node.property) ?? '');
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
    if (node.type === 'NewExpression')
      return nameOf(node.callee) === 'Promise' || this.classes.has(nameOf(node.callee) ?? '');
    if (node.type === 'MemberExpression') {
      return node.computed ? this.isShared(node, module) : this.getters.has(nameOf(node.property) ?? '');
    }
    if (node.type === 'VariableDeclarator') return this.gettersIn(node).length > 0;
    if (node.type !== 'CallExpression') return false;
    const called = calledName(node.callee as Node);
    if (called === undefined) return false;
    if (this.isOverArray(node)) return true;
    if (called.member && PROBES.has(called.name) && PRIVATE.has(module.name)) return false;
    if (called.member) return this.methods.has(called.name) || this.isKeptFunction(called.name);
    return called.name === '$rest' || this.functions.has(called.name) || this.isSeam(called.name, module);
  }

  /** Whether a private field may keep a function that reaches, by the name under which it was passed: `this.#commit(…)`. */
  isKeptFunction(name: string): boolean {
    if (!name.startsWith('#') || this.methods.has(name)) return false;
    return this.methods.has(name.slice(1)) || this.functions.has(name.slice(1));
  }

  /** Whether a computed member may be a word of shared memory that is accessed plainly, and that is a step. */
  isShared({ object }: Node, module: Module): boolean {
    if (!this.#plain || CONSTANT.has(module.name)) return false;
    const name = nameOf(object?.type === 'MemberExpression' ? object.property : object) ?? '';
    return (
      SHARED_WORDS.has(name) || (module.name === './scratch.js' && (name === 'source' || name === 'target'))
    );
  }

  /** A call of an array's method with a function that reaches. */
  isOverArray({ callee, arguments: given = [] }: Node): boolean {
    const called = calledName(callee as Node);
    return (
      called?.member === true && OVER_ARRAYS.has(called.name) && given.some((each) => this.reaches(each))
    );
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
    this.#nameProperty(node);
    this.#nameChosenClass(node);
    if (typeof value !== 'object' || value === null || !isFunction(value) || node.kind === 'constructor')
      return;
    if (node.type === 'VariableDeclarator') this.#share(this.functions, nameOf(node.id), value);
    else this.#share(node.kind === 'get' ? this.getters : this.methods, nameOf(node.key) ?? COMPUTED, value);
  }

  /** `const Reader = holds ? A : B` of classes that reach is the name of one. */
  #nameChosenClass({ type, id, init }: Node): void {
    if (type !== 'VariableDeclarator' || init?.type !== 'ConditionalExpression') return;
    if (childrenOf(init).some((each) => each.type === 'Identifier' && this.classes.has(each.name as string)))
      this.classes.add(nameOf(id) ?? '');
  }

  /** `{ attempt }` or `{ attempt: attempt }` of a function that reaches is a method that does. */
  #nameProperty({ type, key, value }: Node): void {
    if (type !== 'Property' || typeof value !== 'object' || value?.type !== 'Identifier') return;
    if (this.functions.has(value.name as string)) this.methods.add(nameOf(key) ?? COMPUTED);
  }

  #share(names: Set<string>, name: string | undefined, fn: Node): void {
    this.#nameParameters(name, fn);
    if (this.reaches(fn)) names.add(name as string);
    else if (names.has(name as string)) this.#reaching.add(fn);
  }

  #spreadOverFamilies(modules: readonly Module[]): void {
    for (const { classes } of modules) {
      for (const node of classes) {
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

export function* classesIn(node: Node): Generator<Node> {
  if (node.type === 'ClassDeclaration') yield node;
  for (const child of childrenOf(node)) yield* classesIn(child);
}
