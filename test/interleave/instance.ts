import type { RingProgram } from './program.ts';
import type { Step } from './steps.ts';

/** What the transformed code calls at run time. */
export interface Support {
  read(target: unknown, index: number): unknown;
  write(target: unknown, index: number, value: unknown): unknown;
  nowMs(): number;
}

type Exports = Record<string, unknown>;
type Compiled = (importer: (from: string) => Exports, exports: Exports, support: object) => void;

/** One logical thread's own copy of all modules, with its own module-level state. */
export class Instance {
  readonly #compiled = new Map<string, Compiled>();
  readonly #loaded = new Map<string, Exports>();
  readonly #program: RingProgram;
  readonly #globals: Exports;
  readonly #support: object;

  constructor(program: RingProgram, thread: number, support: Support) {
    this.#program = program;
    this.#globals = {
      nowMs: () => support.nowMs(),
      nodeThreadId: () => thread,
      startTimer: () => undefined,
      stopTimer: () => undefined,
    };
    this.#support = {
      read: (target: unknown, index: number) => support.read(target, index),
      write: (target: unknown, index: number, value: unknown) => support.write(target, index, value),
      make,
      maybe,
      get,
      wait: refuseAwait,
    };
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

// biome-ignore lint/complexity/noBannedTypes: any class of the transformed code.
function* make(Class: Function, args: unknown[]): Generator<Step, unknown, unknown> {
  const made = Reflect.construct(Class, []) as { $init(...args: unknown[]): Generator<Step, void, unknown> };
  yield* made.$init(...args);
  return made;
}

/** A property that may be one of the transformed getters. */
function* get(object: Record<string, unknown>, name: string): Generator<Step, unknown, unknown> {
  const getter = object[`$get_${name}`] as undefined | (() => Generator<Step, unknown, unknown>);
  return getter === undefined ? object[name] : yield* getter.call(object);
}

/** The result of a call that may have been made a generator, or not. */
export function* maybe(value: unknown): Generator<Step, unknown, unknown> {
  const isGenerator = Object.prototype.toString.call(value) === '[object Generator]';
  return isGenerator ? yield* value as Generator<Step, unknown, unknown> : value;
}

function refuseAwait(): never {
  throw new Error('Asynchronous calls are not explored.');
}
