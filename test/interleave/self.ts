import { AbortTimer } from './abort-timer.ts';
import { Violation } from './actions.ts';
import type { AwaitOptions, Cell, Reader, Ring, Writer } from './ends.ts';
import { EventLoop, type ModelPromise } from './event-loop.ts';
import type { Operation } from './history.ts';
import { maybe, NO_WORDS, type Steps } from './steps.ts';
import type { World } from './world.ts';

/** A reader of a broadcast ring is a subscription of its own, from the oldest message on. */
export type End = 'writer' | 'reader' | number;

/** Ends of the second of several rings: use `self.second`. */
export type SecondEnd = 'second writer' | 'second reader';

/** A logical thread of a scenario. */
export interface Actor {
  readonly name: string;
  /** Ends it attaches before the race begins; a number is a durable subscription. */
  readonly ends?: readonly (End | SecondEnd)[];
  /** It awaits, and so needs an event loop. */
  readonly awaits?: boolean;
  run(self: Self): Steps<void>;
}

/** What the code of a logical thread works with; every call is recorded in the history. */
export class Self {
  readonly index: number;
  /** Which of several rings it works with. */
  readonly lane: number;
  readonly world: World;
  /** Which of several things that one thread does at the same time. */
  #strand = 0;
  #second: Self | undefined;
  /** Whether the last call was told that the ring has ended. */
  #ended = false;
  ring!: Ring;
  cell!: Cell;
  writer!: Writer;
  reader!: Reader;
  /** The model's name of the subscription it reads with; 0 without. */
  cursor = 0;

  constructor(world: World, index: number, lane = 0) {
    this.world = world;
    this.index = index;
    this.lane = lane;
  }

  /** The same thread with the second of several rings. */
  get second(): Self {
    this.#second ??= new Self(this.world, this.index, 1);
    return this.#second;
  }

  /** The same thread and the same ends, for calls that are made while others are under way. */
  strand(number: number): Self {
    const strand = new Self(this.world, this.index, this.lane);
    strand.#strand = number;
    const { ring, writer, reader, cursor } = this;
    return Object.assign(strand, { ring, writer, reader, cursor });
  }

  *attach(ends: readonly (End | SecondEnd)[]): Steps<void> {
    if (this.world.setup.topology === 'latest') this.cell = this.world.openCellAt(this.index);
    else this.ring = this.world.openAt(this.index, this.lane);
    for (const end of ends) {
      if (end === 'second writer') yield* this.second.attach(['writer']);
      else if (end === 'second reader') yield* this.second.attach(['reader']);
      else if (end === 'writer') this.writer = yield* this.ring.$get_writer();
      else if (typeof end === 'number') yield* this.attachTo(end);
      else if (this.world.setup.topology === 'broadcast') yield* this.subscribe('oldest');
      else this.reader = yield* this.ring.$get_reader();
    }
  }

  *subscribe(from: 'oldest' | 'newest'): Steps<void> {
    const call = this.began('join', { cursor: this.world.newCursor() });
    this.reader = yield* this.ring.subscribe({ from });
    this.cursor = call.cursor;
    this.world.returned(call, [{ kind: `join-${from}`, value: 0 }]);
  }

  /** Reads with a durable subscription from now on. */
  *attachTo(subscription: number): Steps<void> {
    const after = this.world.setup.after?.[subscription];
    this.reader = yield* this.ring.attach(subscription, ...(after === undefined ? [] : [{ after }]));
    this.cursor = durableCursor(subscription);
  }

  /** Gives the reading end up; a durable subscription stays for another thread. */
  *detachReader(): Steps<void> {
    yield* this.reader.detach();
    this.cursor = 0;
  }

  *unsubscribe(): Steps<void> {
    const call = this.began('leave');
    yield* this.reader.unsubscribe();
    this.cursor = 0;
    this.world.returned(call, [{ kind: 'leave', value: 0 }]);
  }

  *offer(value: number): Steps<boolean> {
    const call = this.began('write', { values: [value] });
    const level = this.world.setup.guard === undefined ? undefined : laneOfValue(value);
    const options = level === undefined ? {} : { level };
    const answer = yield* this.unlessEnded(this.writer.offer(value, options));
    this.wrote(call, [value], answer === undefined ? -1 : Number(answer));
    return answer === true;
  }

  *offerAll(values: readonly number[]): Steps<number> {
    const call = this.began('write', { values });
    const answer = yield* this.unlessEnded(this.writer.offerAll(values));
    this.wrote(call, values, answer ?? -1);
    return answer ?? -1;
  }

  /** `undefined` when refused because the ring is closed. */
  *putSync(value: number, timeout?: number): Steps<boolean | undefined> {
    const call = this.began('write', { values: [value] });
    const answer = yield* this.unlessEnded(
      this.writer.putSync(value, timeout === undefined ? {} : { timeout }),
    );
    this.wrote(call, [value], answer === undefined ? -1 : Number(answer));
    return answer;
  }

  *poll(): Steps<number | undefined> {
    const call = this.began('read', { reads: 1, keeps: true });
    const value = yield* this.look();
    this.read(call, value === undefined ? [] : [value], this.#ended);
    return value;
  }

  /** A `poll` that is not written down. */
  *look(): Steps<number | undefined> {
    return yield* this.unlessEnded(this.reader.poll());
  }

  /** Polls, with nobody else there, and finds these. */
  *pollsInOrder(...expected: number[]): Steps<void> {
    for (const value of expected) {
      const found = yield* this.poll();
      if (found !== value) throw new Violation('result', `Message ${found} came instead of ${value}.`);
    }
  }

  /** Drains, with nobody else there, and finds these. */
  *drainsInOrder(...expected: number[][]): Steps<void> {
    for (const values of expected) {
      const found = yield* this.drain();
      if (`${found}` !== `${values}`)
        throw new Violation('result', `Messages ${found} instead of ${values}.`);
    }
  }

  /** The same of batches, each read whole. */
  *batchesInOrder(...expected: number[][]): Steps<void> {
    for (const values of expected) {
      const found = yield* this.batch(Number.POSITIVE_INFINITY);
      if (`${found}` !== `${values}`) this.fail(`A batch of ${found} instead of ${values}.`);
    }
  }

  /** What `drain` handed over; with `throwAt` the callback throws at that message. */
  *drain(max = Number.POSITIVE_INFINITY, throwAt?: number): Steps<number[]> {
    const call = this.began('read', { reads: max });
    const got: number[] = [];
    const each = (value: number) => {
      got.push(value);
      if (got.length === throwAt) throw new Thrown();
    };
    try {
      yield* this.unlessEnded(this.reader.drain(each, max));
    } catch (error) {
      if (!(error instanceof Thrown)) throw error;
    }
    this.read(call, got, this.#ended);
    return got;
  }

  /** Looks at the first `count` views of a batch and leaves it; `abandon` gives them back as well. */
  *batch(count: number, abandon = false): Steps<number[]> {
    const call = this.began('read', { reads: count });
    const got: number[] = [];
    if (yield* this.reader.openBatch(Number.POSITIVE_INFINITY)) {
      while (got.length < count) {
        const view = yield* maybe(this.reader.nextView());
        if (typeof view !== 'number') break;
        got.push(view);
      }
      yield* abandon ? this.reader.abandonBatch() : this.reader.closeBatch(false);
    }
    if (abandon && got.length > 0) this.world.returned(call, []);
    else this.read(call, got, false);
    return got;
  }

  /** Keeps a batch of all that is there open until another thread has ended. */
  *batchUntilEnd(thread: number): Steps<void> {
    const call = this.began('read', { reads: Number.POSITIVE_INFINITY });
    const got: number[] = [];
    if (yield* this.reader.openBatch(Number.POSITIVE_INFINITY)) {
      for (let view = yield* maybe(this.reader.nextView()); typeof view === 'number'; ) {
        got.push(view);
        view = yield* maybe(this.reader.nextView());
      }
      yield* this.join(thread);
      yield* this.reader.closeBatch(true);
    }
    this.read(call, got, false);
  }

  *takeSync(timeout?: number): Steps<number | undefined> {
    const call = this.began('read', { reads: 1, keeps: true });
    const options = timeout === undefined ? {} : { timeout };
    const value = yield* this.unlessEnded(this.reader.takeSync(options));
    const ended = this.#ended || (value === undefined && timeout === undefined);
    this.read(call, value === undefined ? [] : [value], ended);
    return value;
  }

  *drainSync(timeout?: number): Steps<number[]> {
    const call = this.began('read', { reads: Number.POSITIVE_INFINITY });
    const got: number[] = [];
    const options = timeout === undefined ? {} : { timeout };
    yield* this.unlessEnded(this.reader.drainSync((value) => got.push(value), options));
    this.read(call, got, this.#ended || (got.length === 0 && timeout === undefined));
    return got;
  }

  /** Sets the value of a cell. */
  *set(value: number): Steps<void> {
    const call = this.began('write', { values: [value] });
    yield* this.cell.set(value);
    this.wrote(call, [value], 1);
  }

  /** As `set`, unless another thread has the role. */
  *trySet(value: number): Steps<void> {
    try {
      yield* this.set(value);
    } catch (error) {
      if ((error as { code?: string }).code !== 'MILLRACE_ROLE_TAKEN') throw error;
    }
  }

  /** The value of a cell. */
  *get(): Steps<void> {
    const call = this.began('read');
    const value = yield* this.cell.get();
    this.read(call, value === undefined ? [] : [value], false);
  }

  /** Repairs what a thread has left that has ended. */
  *repair(thread: number): Steps<void> {
    yield* (this.cell ?? this.ring).repair(thread);
  }

  /** How many messages this subscription has missed. */
  *missed(): Steps<number> {
    return yield* this.reader.$get_missed();
  }

  /** A `take`; without a message, `undefined` tells that the ring has ended, `null` that the wait was given up. */
  *take(how: Patience = {}): Steps<number | undefined | null> {
    const call = this.began('read', { reads: 1 });
    const answer = yield* this.awaited((options) => this.reader.take(options), how);
    if (answer.kind === 'done') this.read(call, [answer.value as number], false);
    else if (answer.kind === 'closed') this.read(call, [], true);
    else this.world.returned(call, []);
    return answer.kind === 'given up' ? null : answer.value;
  }

  /** A `put`: whether the message was written. */
  *put(value: number, how: Patience = {}): Steps<boolean> {
    const call = this.began('write', { values: [value] });
    const answer = yield* this.awaited((options) => this.writer.put(value, options), how);
    if (answer.kind === 'done') this.wrote(call, [value], 1);
    else if (answer.kind === 'closed') this.wrote(call, [value], -1);
    else this.world.returned(call, []);
    return answer.kind === 'done';
  }

  /** Starts something beside what the thread is doing; the answer is settled when it has ended. */
  spawn(code: Steps<unknown>): ModelPromise {
    return this.world.loopOf(this.index).spawn(code);
  }

  /** Waits until it has ended. */
  *settled(promise: ModelPromise): Steps<void> {
    yield* EventLoop.settled(promise) as Steps<unknown>;
  }

  /** A call that is awaited, and what became of it. */
  *awaited<T>(call: (options: AwaitOptions) => Steps<T>, how: Patience): Steps<Answer<T>> {
    const { timeout, abortAfter } = how;
    const loop = this.world.loopOf(this.index);
    const signal = new AbortTimer(loop, abortAfter);
    try {
      const value = yield* call({
        ...(timeout === undefined ? {} : { timeout }),
        ...(abortAfter === undefined ? {} : { signal }),
      });
      return { kind: 'done', value };
    } catch (error) {
      const { code } = error as { code?: string };
      if (this.world.isEnd(error)) return { kind: 'closed', value: undefined };
      if (code === 'MILLRACE_TIMEOUT' || error === signal.reason)
        return { kind: 'given up', value: undefined };
      throw error;
    } finally {
      signal.end();
    }
  }

  *close(): Steps<void> {
    this.world.ends.add('close');
    const call = this.began('close');
    yield* this.ring.close();
    this.world.returned(call, [{ kind: 'close', value: 0 }]);
  }

  /** Ends the ring with an error. */
  *failRing(): Steps<void> {
    this.world.ends.add('fail');
    const call = this.began('close');
    yield* this.ring.fail(new Error(FAILURE));
    this.world.returned(call, [{ kind: 'close', value: 0 }]);
  }

  /** The message this thread wrote last has this offset. */
  *lastOffsetIs(offset: number): Steps<void> {
    const said = yield* this.ring.$get_lastOffset();
    if (said !== offset) throw new Violation('result', `Offset ${said} instead of ${offset}.`);
  }

  /** Whether the ring has left its open state, whatever its stream says. */
  *isClosed(): Steps<boolean> {
    const { words, index } = this.world.stateWord();
    return ((yield { op: 'load', words, index, site: -1 }) as number) !== 0;
  }

  fail(message: string): never {
    throw new Violation('result', message);
  }

  /** What became of the last message or look of this thread. */
  get lastOutcome(): string | undefined {
    return this.world.history.findLast(({ thread }) => thread === this.index)?.kind;
  }

  /** Whether another thread sleeps right now. */
  isAsleep(thread: number): boolean {
    return this.world.kernel.threads[thread]?.state === 'asleep';
  }

  hasDied(thread: number): boolean {
    return this.world.isDead(thread);
  }

  /** Waits for the end or death of another thread; then its `exit` event has been seen. */
  *join(thread: number): Steps<void> {
    yield { op: 'join', words: NO_WORDS, index: 0, a: thread, site: -1 };
  }

  /** Whether the thread died; repairs it if so. */
  *repairIfDead(thread: number): Steps<void> {
    yield* this.join(thread);
    if (this.world.isDead(thread)) yield* this.repair(thread);
  }

  /** The answer, or `undefined` when the ring has ended. */
  *unlessEnded<T>(call: Steps<T>): Steps<T | undefined> {
    this.#ended = false;
    try {
      return yield* call;
    } catch (error) {
      if (!this.world.isEnd(error)) throw error;
      this.#ended = true;
      return undefined;
    }
  }

  /** A call begins; `returned`, `wrote` or `read` says what it did. */
  began(what: Call['what'], more: Partial<Call> = {}): Call {
    return this.world.called({
      what,
      thread: this.index + STRAND * this.#strand,
      cursor: this.cursor,
      lane: this.lane,
      values: [],
      reads: 0,
      keeps: false,
      ...more,
    });
  }

  wrote(call: Call, values: readonly number[], count: number): void {
    const done: Outcome[] = values.slice(0, Math.max(0, count)).map((value) => ({ kind: 'write', value }));
    if (count < 0) done.push({ kind: 'refused', value: values[0] as number });
    else if (count < values.length) done.push({ kind: 'full', value: values[count] as number });
    this.world.returned(call, done);
  }

  read(call: Call, values: readonly number[], ended: boolean): void {
    const done: Outcome[] = values.map((value) => ({ kind: 'read', value }));
    if (done.length === 0) done.push({ kind: ended ? 'ended' : 'empty', value: 0 });
    this.world.returned(call, done);
  }
}

/** What a ring is failed with. */
export const FAILURE = 'failed on purpose';

/** When an awaited call is given up: by its own time, or by a signal after some milliseconds. */
export interface Patience {
  readonly timeout?: number;
  readonly abortAfter?: number;
}

/** What became of an awaited call. */
export interface Answer<T> {
  readonly kind: 'done' | 'closed' | 'given up';
  readonly value: T | undefined;
}

/** Operations of a thread's other strands count as those of other threads. */
const STRAND = 50;

/** The level that a message of a priority ring goes to: its hundreds. */
export const laneOfValue = (value: number): number => Math.floor(value / 100) % 10;

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
  /** Whether its thread, dying in it, takes none of them along. */
  readonly keeps: boolean;
  readonly cursor: number;
  readonly lane: number;
}
export type Outcome = Pick<Operation, 'kind' | 'value'> & { readonly lane?: number };

/** What callbacks throw. */
export class Thrown extends Error {}
