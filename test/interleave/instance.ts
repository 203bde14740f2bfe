import { EventLoop } from './event-loop.ts';
import type { RingProgram } from './program.ts';
import { maybe, NO_WORDS, type Step, type Steps } from './steps.ts';

/** What the transformed code calls at run time. */
export interface Support {
  read(target: unknown, index: number): unknown;
  write(target: unknown, index: number, value: unknown): unknown;
  isShared(target: unknown): boolean;
  nowMs(): number;
}

type Exports = Record<string, unknown>;
type Compiled = (importer: (from: string) => Exports, exports: Exports, support: object) => void;

/** One logical thread's own copy of all modules, with its own module-level state, and its event loop. */
export class Instance {
  readonly loop: EventLoop;
  readonly #compiled = new Map<string, Compiled>();
  readonly #loaded = new Map<string, Exports>();
  readonly #program: RingProgram;
  readonly #globals: Exports;
  readonly #support: object;

  constructor(program: RingProgram, thread: number, support: Support) {
    this.#program = program;
    this.loop = new EventLoop(() => support.nowMs());
    this.#globals = {
      nowMs: () => support.nowMs(),
      nodeThreadId: () => thread,
      startTimer: this.loop.startTimer,
      stopTimer: this.loop.stopTimer,
    };
    this.#support = supportOf(support, this.loop);
    for (const [name, text] of program.modules) {
      this.#compiled.set(name, new Function('$import', '$exports', '$', text) as Compiled);
    }
  }

  module(name: string): Exports {
    const loaded = this.#loaded.get(name);
    if (loaded) return loaded;
    if (name === './globals.js') return this.#globals;
    if (name === './atomics.js') return { waitAsync: true };
    const shared = this.#program.shared.get(name);
    if (shared) return shared;
    if (name.startsWith('./codec/')) return { specsEqual: () => true };
    const exports: Exports = {};
    this.#loaded.set(name, exports);
    this.#compiled.get(name)?.((from) => this.module(from), exports, this.#support);
    return exports;
  }
}

function supportOf(support: Support, loop: EventLoop): object {
  return {
    read: (target: unknown, index: number) => support.read(target, index),
    write: (target: unknown, index: number, value: unknown) => support.write(target, index, value),
    get: (words: Int32Array, index: number, site: number) => getting(support, words, index, site),
    set: (words: Int32Array, index: number, value: number, site: number) =>
      setting(support, words, index, value, site),
    noWords: NO_WORDS,
    make,
    maybe,
    property,
    await: EventLoop.settled,
    promise: (executor: Executor) => promise(loop, executor),
    some,
    every,
    find,
    map,
    reduce,
  };
}

// biome-ignore lint/complexity/noBannedTypes: any class of the transformed code.
function* make(Class: Function, args: unknown[]): Generator<Step, unknown, unknown> {
  const made = Reflect.construct(Class, []) as { $init(...args: unknown[]): Generator<Step, void, unknown> };
  yield* made.$init(...args);
  return made;
}

/** A property that may be one of the transformed getters. */
function* property(object: Record<string, unknown>, name: string): Steps<unknown> {
  const getter = object[`$get_${name}`] as undefined | (() => Steps<unknown>);
  return getter === undefined ? object[name] : yield* getter.call(object);
}

/** Plain accesses as steps, where they are to memory that others see. */
export function* getting(support: Support, words: Int32Array, index: number, site = -1): Steps<unknown> {
  if (!support.isShared(words)) return support.read(words, index);
  return yield { op: 'get', words, index, site };
}

export function* setting(
  support: Support,
  words: Int32Array,
  index: number,
  value: number,
  site = -1,
): Steps<unknown> {
  if (!support.isShared(words)) return support.write(words, index, value);
  yield { op: 'set', words, index, a: value, site };
  return value;
}

type Executor = (resolve: (value: unknown) => void, reject: (reason: unknown) => void) => unknown;

function* promise(loop: EventLoop, executor: Executor): Steps<unknown> {
  const made = loop.promise();
  yield* maybe(executor(made.resolve, made.reject));
  return made;
}

// Methods of arrays, for callbacks that are generators.

type Callback = (item: unknown) => unknown;

function* some(items: readonly unknown[], callback: Callback): Steps<boolean> {
  for (const item of items) if (yield* maybe(callback(item))) return true;
  return false;
}

function* every(items: readonly unknown[], callback: Callback): Steps<boolean> {
  for (const item of items) if (!(yield* maybe(callback(item)))) return false;
  return true;
}

function* find(items: readonly unknown[], callback: Callback): Steps<unknown> {
  for (const item of items) if (yield* maybe(callback(item))) return item;
  return undefined;
}

function* map(items: readonly unknown[], callback: Callback): Steps<unknown[]> {
  const mapped: unknown[] = [];
  for (const item of items) mapped.push(yield* maybe(callback(item)));
  return mapped;
}

function* reduce(
  items: readonly unknown[],
  callback: (sum: unknown, item: unknown) => unknown,
  first: unknown,
) {
  let sum = first;
  for (const item of items) sum = yield* maybe(callback(sum, item) as Steps<unknown>);
  return sum;
}
