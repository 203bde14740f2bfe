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
  try {
    return unwrapped(await import(url));
  } catch (error) {
    const typescript = /\.[cm]?ts$/.test(new URL(url).pathname)
      ? ' It is TypeScript: compile it, or run Node with a loader for it (Node 22.18 and newer bring one).'
      : '';
    throw new HandlerModuleError(
      `The handler module ${url} can't be loaded: ${(error as Error).message}.${typescript}`,
      { cause: error },
    );
  }
}
