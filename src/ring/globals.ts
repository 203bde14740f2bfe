/**
 * The few things outside the language that the ring needs and that Node, Deno, Bun and browsers all have,
 * declared here so that the layer compiles without the types of any of them.
 */
interface Globals {
  setTimeout(callback: () => void, delayMs: number): unknown;
  clearTimeout(timer: unknown): void;
  performance: { now(): number };
  process?: {
    getBuiltinModule?(name: string): unknown;
    env?: { NODE_ENV?: string };
    versions?: { node?: string; deno?: string; bun?: string };
  };
  navigator?: { hardwareConcurrency?: number };
  structuredClone?(value: unknown, options: { transfer: unknown[] }): unknown;
  WebAssembly?: WebAssemblyApi;
}

/** A buffer with which WebAssembly can work. A shared one can be posted to other threads. */
export interface WebAssemblyMemory {
  readonly buffer: ArrayBufferLike;
}

interface WebAssemblyApi {
  Memory: new (pages: { initial: number; maximum: number; shared: boolean }) => WebAssemblyMemory;
  Module: new (bytes: Uint8Array) => object;
  Instance: new (module: object, imports: object) => { readonly exports: object };
}

const globals = globalThis as unknown as Globals;

export const wasm: WebAssemblyApi | undefined = globals.WebAssembly;

export const startTimer = (callback: () => void, delayMs: number): unknown =>
  globals.setTimeout(callback, delayMs);
export const stopTimer = (timer: unknown): void => globals.clearTimeout(timer);

/** Milliseconds from an arbitrary start; never goes backwards. */
export const nowMs = (): number => globals.performance.now();

/** The number Node gives this thread (0 is the main thread), or `undefined` elsewhere. */
export function nodeThreadId(): number | undefined {
  return nodeModule<{ threadId?: number }>('node:worker_threads')?.threadId;
}

/**
 * A module of Node where there is one, and of Deno and Bun, which have the same; `undefined` in browsers.
 * Asking the process keeps `import` free of it, so that bundlers need no substitute.
 */
export function nodeModule<M>(name: string): M | undefined {
  return globals.process?.getBuiltinModule?.(name) as M | undefined;
}

/** How many threads can run at the same time; unknown, it is taken for enough. */
export function coreCount(): number {
  const os = nodeModule<{ availableParallelism?(): number }>('node:os');
  return os?.availableParallelism?.() ?? globals.navigator?.hardwareConcurrency ?? Number.POSITIVE_INFINITY;
}

/** Whether this is Node itself. Deno and Bun have its modules, too, but have made them on their own. */
export function isNode(): boolean {
  const { node, deno, bun } = globals.process?.versions ?? {};
  return node !== undefined && deno === undefined && bun === undefined;
}

/** What the environment calls itself, by the convention of `NODE_ENV`; `undefined` in browsers. */
export function environmentName(): string | undefined {
  return globals.process?.env?.NODE_ENV;
}

/** Takes a buffer's memory away, so that its arrays are empty from now on; where the runtime can't, it is overwritten. */
export function loseBuffer(buffer: ArrayBuffer): void {
  if (buffer.byteLength === 0) return;
  if (globals.structuredClone === undefined) new Uint8Array(buffer).fill(0xdd);
  else globals.structuredClone(buffer, { transfer: [buffer] });
}

/** What `AbortSignal` is used for here. */
export interface AbortSignalLike {
  readonly aborted: boolean;
  readonly reason?: unknown;
  addEventListener(type: 'abort', listener: () => void): void;
  removeEventListener(type: 'abort', listener: () => void): void;
}
