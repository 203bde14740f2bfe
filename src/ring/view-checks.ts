import { View } from './codec/view.ts';
import { StaleViewError } from './errors.ts';
import { environmentName, loseBuffer } from './globals.ts';

/**
 * Development mode: what is shown in place can't be used when it is too late.
 *
 * A view is one object that moves from message to message, and bytes shown in place are the ring's own memory, so that whoever
 * keeps either sees another message later, and is not told. With checks on, a reader lends out stand-ins for a time (a `Lease`):
 * of a view, and of the slot of a `fill`, a proxy that throws `StaleViewError` afterwards; of bytes, which no proxy can stand in
 * for, a copy whose memory is taken away, so that it is empty afterwards and most of its methods throw `TypeError`.
 *
 * Readers and writers ask once, when they are made, and lay the checks over their own methods. With checks off nothing is laid
 * over anything: the hot paths are the same code with the same shapes.
 */
let checking: boolean = ['development', 'test'].includes(environmentName() ?? '');

/**
 * Switches the checks on or off for the rings whose ends this thread opens from now on. By default they are on where
 * `NODE_ENV` is `development` or `test`, and off everywhere else: they make reading in place many times slower.
 */
export function checkViews(check: boolean): void {
  checking = check;
}

/** Whether ends opened now check their views. */
export function viewsAreChecked(): boolean {
  return checking;
}

const STALE_VIEW =
  'This view was used too late: its callback returned, its batch ended, or the next message was shown. Keep what it shows with copy(view).';
const STALE_SLOT = 'This slot was used too late: the callback of fill() it was passed to has returned.';

/** A time for which something is lent. */
class Lease {
  #ended = false;
  readonly #message: string;
  readonly #copies: Uint8Array[] = [];

  constructor(message: string) {
    this.#message = message;
  }

  check(): void {
    if (this.#ended) throw new StaleViewError(this.#message);
  }

  copyOf(bytes: Uint8Array): Uint8Array {
    const copy = new Uint8Array(bytes);
    this.#copies.push(copy);
    return copy;
  }

  end(): void {
    this.#ended = true;
    for (const copy of this.#copies.splice(0)) loseBuffer(copy.buffer as ArrayBuffer);
  }
}

/** What one reader lends: a view until the next one is shown, bytes until their batch or callback ends. */
export class Lender {
  readonly #memory: () => ArrayBufferLike;
  #view = new Lease(STALE_VIEW);
  #batch = new Lease(STALE_VIEW);

  /** @param memory where the bytes shown in place lie right now: all others are values of their own */
  constructor(memory: () => ArrayBufferLike) {
    this.#memory = memory;
  }

  /** A stand-in for what is shown next. */
  lend<V>(view: V): V {
    this.#view.end();
    this.#view = new Lease(STALE_VIEW);
    return this.#isBorrowed(view) ? (this.#batch.copyOf(view) as V) : (this.#standInFor(view) as V);
  }

  /** The batch or callback has ended. */
  end(): void {
    this.#view.end();
    this.#batch.end();
    this.#batch = new Lease(STALE_VIEW);
  }

  #isBorrowed(value: unknown): value is Uint8Array {
    return value instanceof Uint8Array && value.buffer === this.#memory();
  }

  #standInFor(value: unknown): unknown {
    const lease = this.#view;
    const through = (part: unknown): unknown => {
      if (this.#isBorrowed(part)) return lease.copyOf(part);
      if (part instanceof View) return standIn(part, lease, through);
      return isIterator(part) ? lendEach(part, lease, through) : part;
    };
    return through(value);
  }
}

/** Calls `each` with a stand-in for a view, which it can't use once it has returned. */
export function lendingTo<V>(each: (view: V) => void, lender: Lender): (view: V) => void {
  return (view) => {
    try {
      each(lender.lend(view));
    } finally {
      lender.end();
    }
  };
}

/** Calls `write` with a stand-in for a slot, which it can't use once it has returned. */
export function lendSlot<S>(slot: S, i: number, write: (slot: S, i: number) => void): void {
  const lease = new Lease(STALE_SLOT);
  try {
    write(standIn(slot as object, lease, (part) => part) as S, i);
  } finally {
    lease.end();
  }
}

/** Private members need the object itself, so that everything is asked of it and not of the stand-in. */
function standIn(whole: object, lease: Lease, through: (part: unknown) => unknown): object {
  return new Proxy(whole, {
    get(target, key) {
      lease.check();
      const part = Reflect.get(target, key, target);
      if (typeof part !== 'function' || key === 'constructor') return through(part);
      return (...parameters: unknown[]) => {
        lease.check();
        return through(Reflect.apply(part, target, parameters));
      };
    },
    set(target, key, value) {
      lease.check();
      return Reflect.set(target, key, value, target);
    },
  });
}

function isIterator(part: unknown): part is IterableIterator<unknown> {
  return typeof part === 'object' && part !== null && Symbol.iterator in part && 'next' in part;
}

function* lendEach(
  parts: IterableIterator<unknown>,
  lease: Lease,
  through: (part: unknown) => unknown,
): IterableIterator<unknown> {
  for (const part of parts) {
    lease.check();
    yield through(part);
  }
}
