import type { Reader, Ring, Writer } from './ends.ts';
import type { Operation } from './history.ts';
import { maybe } from './instance.ts';
import { Violation } from './kernel.ts';
import type { Steps } from './steps.ts';
import type { World } from './world.ts';

/** A reader of a broadcast ring is a subscription of its own, from the oldest message on. */
export type End = 'writer' | 'reader' | number;

/** A logical thread of a scenario. */
export interface Actor {
  readonly name: string;
  /** Ends it attaches before the race begins; a number is a durable subscription. */
  readonly ends?: readonly End[];
  run(self: Self): Steps<void>;
}

/** What the code of a logical thread works with; every call is recorded in the history. */
export class Self {
  readonly index: number;
  readonly #world: World;
  ring!: Ring;
  writer!: Writer;
  reader!: Reader;
  /** The model's name of the subscription it reads with; 0 without. */
  cursor = 0;

  constructor(world: World, index: number) {
    this.#world = world;
    this.index = index;
  }

  *attach(ends: readonly End[]): Steps<void> {
    this.ring = this.#world.openAt(this.index);
    for (const end of ends) {
      if (end === 'writer') this.writer = yield* this.ring.$get_writer();
      else if (typeof end === 'number') yield* this.attachTo(end);
      else if (this.#world.setup.topology === 'broadcast') yield* this.subscribe('oldest');
      else this.reader = yield* this.ring.$get_reader();
    }
  }

  *subscribe(from: 'oldest' | 'newest'): Steps<void> {
    const call = this.#begin('join', { cursor: this.#world.newCursor() });
    this.reader = yield* this.ring.subscribe({ from });
    this.cursor = call.cursor;
    this.#world.returned(call, [{ kind: `join-${from}`, value: 0 }]);
  }

  /** Reads with a durable subscription from now on. */
  *attachTo(subscription: number): Steps<void> {
    this.reader = yield* this.ring.attach(subscription);
    this.cursor = durableCursor(subscription);
  }

  /** Gives the reading end up; a durable subscription stays for another thread. */
  *detachReader(): Steps<void> {
    yield* this.reader.detach();
    this.cursor = 0;
  }

  *unsubscribe(): Steps<void> {
    const call = this.#begin('leave');
    yield* this.reader.unsubscribe();
    this.cursor = 0;
    this.#world.returned(call, [{ kind: 'leave', value: 0 }]);
  }

  *offer(value: number): Steps<boolean> {
    const call = this.#begin('write', { values: [value] });
    const answer = yield* refusable(this.writer.offer(value));
    this.#wrote(call, [value], answer === undefined ? -1 : Number(answer));
    return answer === true;
  }

  *offerAll(values: readonly number[]): Steps<number> {
    const call = this.#begin('write', { values });
    const answer = yield* refusable(this.writer.offerAll(values));
    this.#wrote(call, values, answer ?? -1);
    return answer ?? -1;
  }

  /** `undefined` when refused because the ring is closed. */
  *putSync(value: number, timeout?: number): Steps<boolean | undefined> {
    const call = this.#begin('write', { values: [value] });
    const answer = yield* refusable(this.writer.putSync(value, timeout === undefined ? {} : { timeout }));
    this.#wrote(call, [value], answer === undefined ? -1 : Number(answer));
    return answer;
  }

  *poll(): Steps<number | undefined> {
    const call = this.#begin('read', { reads: 1 });
    const value = yield* this.reader.poll();
    this.#read(call, value === undefined ? [] : [value], false);
    return value;
  }

  /** What `drain` handed over; with `throwAt` the callback throws at that message. */
  *drain(max = Number.POSITIVE_INFINITY, throwAt?: number): Steps<number[]> {
    const call = this.#begin('read', { reads: max });
    const got: number[] = [];
    const each = (value: number) => {
      got.push(value);
      if (got.length === throwAt) throw new Thrown();
    };
    try {
      yield* this.reader.drain(each, max);
    } catch (error) {
      if (!(error instanceof Thrown)) throw error;
    }
    this.#read(call, got, false);
    return got;
  }

  /** Looks at the first `count` views of a batch and leaves it; `abandon` gives them back as well. */
  *batch(count: number, abandon = false): Steps<number[]> {
    const call = this.#begin('read', { reads: count });
    const got: number[] = [];
    if (yield* this.reader.openBatch(Number.POSITIVE_INFINITY)) {
      while (got.length < count) {
        const view = yield* maybe(this.reader.nextView());
        if (typeof view !== 'number') break;
        got.push(view);
      }
      yield* abandon ? this.reader.abandonBatch() : this.reader.closeBatch(false);
    }
    if (abandon && got.length > 0) this.#world.returned(call, []);
    else this.#read(call, got, false);
    return got;
  }

  *takeSync(timeout?: number): Steps<number | undefined> {
    const call = this.#begin('read', { reads: 1 });
    const value = yield* refusable(this.reader.takeSync(timeout === undefined ? {} : { timeout }));
    this.#read(call, value === undefined ? [] : [value], value === undefined && timeout === undefined);
    return value;
  }

  *drainSync(timeout?: number): Steps<number[]> {
    const call = this.#begin('read', { reads: Number.POSITIVE_INFINITY });
    const got: number[] = [];
    yield* this.reader.drainSync((value) => got.push(value), timeout === undefined ? {} : { timeout });
    this.#read(call, got, got.length === 0 && timeout === undefined);
    return got;
  }

  *close(): Steps<void> {
    const call = this.#begin('close');
    yield* this.ring.close();
    this.#world.returned(call, [{ kind: 'close', value: 0 }]);
  }

  /** The message this thread wrote last has this offset. */
  *lastOffsetIs(offset: number): Steps<void> {
    const said = yield* this.ring.$get_lastOffset();
    if (said !== offset) throw new Violation('result', `Offset ${said} instead of ${offset}.`);
  }

  hasDied(thread: number): boolean {
    return this.#world.isDead(thread);
  }

  /** Waits for the end or death of another thread; then its `exit` event has been seen. */
  *join(thread: number): Steps<void> {
    yield { op: 'join', words: NO_WORDS, index: 0, a: thread, site: -1 };
  }

  /** Whether the thread died; repairs it if so. */
  *repairIfDead(thread: number): Steps<void> {
    yield* this.join(thread);
    if (this.#world.isDead(thread)) yield* this.ring.repair(thread);
  }

  #begin(what: Call['what'], more: Partial<Call> = {}): Call {
    return this.#world.called({
      what,
      thread: this.index,
      cursor: this.cursor,
      values: [],
      reads: 0,
      ...more,
    });
  }

  #wrote(call: Call, values: readonly number[], count: number): void {
    const done: Outcome[] = values.slice(0, Math.max(0, count)).map((value) => ({ kind: 'write', value }));
    if (count < 0) done.push({ kind: 'refused', value: values[0] as number });
    else if (count < values.length) done.push({ kind: 'full', value: values[count] as number });
    this.#world.returned(call, done);
  }

  #read(call: Call, values: readonly number[], ended: boolean): void {
    const done: Outcome[] = values.map((value) => ({ kind: 'read', value }));
    if (done.length === 0) done.push({ kind: ended ? 'ended' : 'empty', value: 0 });
    this.#world.returned(call, done);
  }
}

/** The model's name of a durable subscription; others have names of their own above these. */
export const durableCursor = (subscription: number): number => subscription + 1;

export interface Call {
  readonly what: 'write' | 'read' | 'close' | 'join' | 'leave';
  readonly thread: number;
  readonly began: number;
  /** What it writes. */
  readonly values: readonly number[];
  /** How many messages it may read. */
  readonly reads: number;
  readonly cursor: number;
}
export type Outcome = Pick<Operation, 'kind' | 'value'>;

class Thrown extends Error {}
const NO_WORDS = new Int32Array(1);

/** The answer, or `undefined` for the refusal of a closed ring. */
function* refusable<T>(call: Steps<T>): Steps<T | undefined> {
  try {
    return yield* call;
  } catch (error) {
    if ((error as { code?: string }).code === 'MILLRACE_CLOSED') return undefined;
    throw error;
  }
}
