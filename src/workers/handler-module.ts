import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';
import { HandlerModuleError } from './errors.ts';

/** What a handler is told about where it runs. */
export interface HandlerContext {
  /** 0 to `threads - 1`. */
  readonly thread: number;
  readonly threads: number;
  /** Aborted when the group is to stop before everything has been read. */
  readonly signal: AbortSignal;
  /** The name of the stage, in `parallel()` and `pipeline()`. */
  readonly stage?: string;
  /** An object of this thread's own, for whatever `open` prepares, in `parallel()` and `pipeline()`. */
  readonly state?: Record<string, unknown>;
}

type Maybe<T> = T | Promise<T>;

/**
 * A module that handles messages in a worker thread. It exports a default function for one message at a time,
 * or `batch` for everything that is there; and may export `open` and `close`. What `close` returns is the
 * thread's result.
 */
export interface HandlerModule<M> {
  readonly default?: (message: M, context: HandlerContext) => Maybe<unknown>;
  readonly batch?: (messages: Iterable<M>, context: HandlerContext) => Maybe<unknown>;
  readonly open?: (context: HandlerContext) => Maybe<unknown>;
  readonly close?: (context: HandlerContext) => Maybe<unknown>;
}

/** Loads a handler module and checks what it exports. */
export async function loadHandler<M>(url: string): Promise<HandlerModule<M>> {
  const module = await importModule(url);
  for (const name of EXPORTS) {
    const exported = module[name];
    if (exported === undefined || typeof exported === 'function') continue;
    throw new HandlerModuleError(`${url} exports '${name}', but it is not a function.`);
  }
  if (module.default === undefined && module.batch === undefined) {
    throw new HandlerModuleError(
      `${url} exports no handler. Export a default function (message, context) => …, or batch(messages, context).`,
    );
  }
  return module as HandlerModule<M>;
}

const EXPORTS = ['default', 'batch', 'open', 'close'] as const;

/** A CommonJS module with several exports has them all in its default export. */
function unwrapped(module: Record<string, unknown>): Record<string, unknown> {
  const inner = module['default'] as Record<string, unknown> | null | undefined;
  return typeof inner === 'object' && inner !== null && 'default' in inner ? inner : module;
}

async function importModule(url: string): Promise<Partial<Record<(typeof EXPORTS)[number], unknown>>> {
  const isTypeScript = /\.[cm]?ts$/.test(new URL(url).pathname);
  try {
    return unwrapped(await (isTypeScript ? importTypeScript(url) : import(url)));
  } catch (error) {
    const typescript = isTypeScript
      ? ' It is TypeScript: compile it, install tsx beside it, or run Node 22.18 or newer, which runs what needs no more ' +
        'than types taken away.'
      : '';
    throw new HandlerModuleError(
      `The handler module ${url} can't be loaded: ${(error as Error).message}.${typescript}`,
      { cause: error },
    );
  }
}

/**
 * By the runtime itself, or by a loader it was started with, or by tsx where it is installed: before Node 22 the loader that the main
 * thread was started with does not reach workers.
 */
async function importTypeScript(url: string): Promise<Record<string, unknown>> {
  try {
    return await import(url);
  } catch (error) {
    const load = UNLOADABLE.has((error as { code?: string }).code ?? '') ? await tsxFor(url) : undefined;
    if (load === undefined) throw error;
    return await load(url, url);
  }
}

/** What Node says of TypeScript that it can't run. */
const UNLOADABLE = new Set([
  'ERR_UNKNOWN_FILE_EXTENSION',
  'ERR_UNSUPPORTED_TYPESCRIPT_SYNTAX',
  'ERR_UNSUPPORTED_NODE_MODULES_TYPE_STRIPPING',
]);

type TsImport = (url: string, parent: string) => Promise<Record<string, unknown>>;

/** tsx's own way to load a file in a thread, for import: a CommonJS `require` of it looks in the wrong place. */
async function tsxFor(url: string): Promise<TsImport | undefined> {
  const require = createRequire(url);
  try {
    const home = require.resolve('tsx/package.json');
    const api: string = require(home).exports['./esm/api'].import.default;
    return ((await import(new URL(api, pathToFileURL(home)).href)) as { tsImport: TsImport }).tsImport;
  } catch {
    return undefined;
  }
}
