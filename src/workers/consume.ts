import type { MessagePort } from 'node:worker_threads';
import { receiveMessageOnPort, threadId } from 'node:worker_threads';
import { type Batch, type RingReader, select } from '../ring/index.ts';
import type { HandlerContext, HandlerModule } from './handler-module.ts';
import type { StopMode } from './stage-threads.ts';

/** Messages handled before the cursor moves on. */
const BATCH_MAX = 1024;
/** How long a thread may go on without giving its event loop a turn. */
const TURN_MS = 10;

/** A reader, and what its views are shown to the handler as. */
export interface Source<V, M> {
  readonly reader: RingReader<unknown, V>;
  show(view: V): M;
}

/** What the group says on the port of a thread's task. */
type Word = StopMode | 'resume' | { readonly told: unknown };

/** Listens for the group's word to stop. */
export class StopControl {
  readonly #abort = new AbortController();
  readonly #wake = new AbortController();
  #heard: (() => void) | undefined;
  readonly #untold: unknown[] = [];
  #listener: ((told: unknown) => void) | undefined;
  draining = false;

  readonly #control: MessagePort | undefined;

  /** @param control the port of the thread's task, or nothing when the thread is told by calling `stop` */
  constructor(control?: MessagePort) {
    this.#control = control;
    control?.on('message', (word: Word) => this.#hear(word));
    control?.unref();
    control?.postMessage(threadId);
  }

  #hear(word: Word): void {
    if (typeof word === 'object') this.#hearTold(word.told);
    else if (word !== 'resume') this.stop(word);
    this.#heard?.();
  }

  #hearTold(told: unknown): void {
    if (this.#listener === undefined) this.#untold.push(told);
    else this.#listener(told);
  }

  /**
   * Hears what else the group tells its threads (`StageThreads.tell`). What it has told by now is heard before this returns: its
   * event may be some turns of the event loop away, and a thread that was paused before it began must not begin.
   */
  listen(listener: (told: unknown) => void): void {
    this.#listener = listener;
    for (const told of this.#untold.splice(0)) listener(told);
    if (this.#control === undefined) return;
    for (;;) {
      const waiting = receiveMessageOnPort(this.#control);
      if (waiting === undefined) return;
      this.#hear(waiting.message as Word);
    }
  }

  stop(mode: StopMode): void {
    this.draining = true;
    if (mode === 'stop') this.#abort.abort();
    this.#wake.abort();
  }

  /** Resolves when the thread is told something. One at a time waits for that. */
  nextWord(): Promise<void> {
    return new Promise((resolve) => {
      this.#heard = resolve;
    });
  }

  /** Aborted when nothing more is to be read. */
  get signal(): AbortSignal {
    return this.#abort.signal;
  }

  /** Aborted by either mode: ends a sleep. */
  get wake(): AbortSignal {
    return this.#wake.signal;
  }
}

/**
 * Reads from several rings in one thread until all have ended or the group is stopped. The thread sleeps on
 * its one bell, which every ring it waits for rings, and its event loop stays free.
 *
 * A batch counts as read when the handler has returned for all of it; when the handler throws, or the thread
 * dies, the batch is delivered again to whoever reads next.
 */
export async function consume<V, M>(
  sources: readonly Source<V, M>[],
  handler: HandlerModule<M>,
  context: HandlerContext,
  control: StopControl,
): Promise<void> {
  let turnEnds = performance.now() + TURN_MS;
  let live = [...sources];
  while (live.length > 0 && !control.signal.aborted) {
    let idle = true;
    for (const source of live) {
      const batch = source.reader.batch(BATCH_MAX);
      if (batch === undefined) continue;
      idle = false;
      await handle(batch, source, handler, context);
      if (control.signal.aborted) return;
    }
    if (performance.now() > turnEnds) {
      await new Promise((resolve) => setImmediate(resolve));
      turnEnds = performance.now() + TURN_MS;
    }
    if (!idle) continue;
    live = live.filter(({ reader }) => !reader.ended);
    if (control.draining || live.length === 0) return;
    await sleep(
      live.map(({ reader }) => reader),
      control,
    );
    turnEnds = performance.now() + TURN_MS;
  }
}

async function handle<V, M>(
  batch: Batch<V>,
  source: Source<V, M>,
  handler: HandlerModule<M>,
  context: HandlerContext,
): Promise<void> {
  try {
    if (handler.batch === undefined) await handleEach(batch, source, handler, context);
    else await handler.batch(new Shown(batch, source), context);
  } catch (error) {
    batch.abandon();
    throw error;
  }
  batch.release();
}

async function handleEach<V, M>(
  batch: Batch<V>,
  source: Source<V, M>,
  handler: HandlerModule<M>,
  context: HandlerContext,
): Promise<void> {
  for (const view of batch) {
    const result = handler.default?.(source.show(view), context);
    if (result instanceof Promise) await result; // Awaiting what is no promise would cost a turn a message.
  }
}

/** A batch as the handler is to see it. */
class Shown<V, M> implements Iterable<M> {
  readonly #batch: Batch<V>;
  readonly #source: Source<V, M>;

  constructor(batch: Batch<V>, source: Source<V, M>) {
    this.#batch = batch;
    this.#source = source;
  }

  *[Symbol.iterator](): Generator<M> {
    for (const view of this.#batch) yield this.#source.show(view);
  }
}

async function sleep(readers: readonly RingReader<unknown, unknown>[], control: StopControl): Promise<void> {
  try {
    await select(readers, { signal: control.wake });
  } catch (error) {
    if (!control.wake.aborted) throw error;
  }
}
