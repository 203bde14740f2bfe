import { compareExchange, exchange, load, or, store } from './atomics.ts';
import type { FixedBinding, FixedCodec, VariableCodec } from './codec/codec.ts';
import type { RingControl } from './control.ts';
import { Counters } from './counters.ts';
import { RoleTakenError } from './errors.ts';
import {
  DESK_CLAIM_SPAN,
  DESK_DROPPED,
  DESK_ENDS,
  DESK_WAITS,
  DESK_WRITTEN,
  deskOf,
  PRODUCER_CURSOR,
  WRITER_OPEN,
} from './layout.ts';
import { Memory } from './memory.ts';
import { copyBytes, Scratch } from './scratch.ts';
import { distance, powerOfTwoFrom } from './sequence.ts';
import { writeSlots } from './spsc-writer.ts';
import { turnsOf } from './subscriptions.ts';
import {
  CLAIMED,
  CLOSED,
  isCurrent,
  isNewer,
  MANY,
  OWNER_SHIFT,
  PHASE,
  PUBLISHED,
  RELEASED,
  RETURNED,
  SLEEPER,
  type Turns,
  VOID,
} from './turn.ts';
import type { WaitStrategy } from './wait-strategy.ts';
import { RingWriter } from './writer.ts';

/**
 * What both kinds of writer of a ring with turns share: claim and publication. The argument, with the numbers
 * used here, is in `mpmc-ring.ts`.
 */
export abstract class MpmcWriter<T> extends RingWriter<T> {
  protected readonly words: Int32Array;
  protected readonly turns: Turns;
  /** The first slot of the claim held. */
  protected claimed = 0;
  /** A boundary at or before the first unclaimed slot. */
  #next: number;
  /** Up to where the slots were free when last looked. */
  #freeUntil = 0;
  #needed = 1;
  #announced = 0;
  /** The turn word of the claim held. */
  #word = 0;
  readonly #owner: number;
  readonly #desk: number;
  readonly #counters: Counters;
  readonly #capacity: number;
  readonly #single: boolean;

  constructor(control: RingControl, strategy: WaitStrategy) {
    super(control, strategy);
    const seat = control.lot.seat.number;
    this.words = control.memory.i32;
    this.turns = turnsOf(control);
    this.#owner = seat << OWNER_SHIFT;
    this.#desk = deskOf(seat);
    this.#counters = new Counters(control.memory, this.#desk);
    this.#capacity = control.layout.capacity;
    this.#single = control.layout.topology === 'spsc' || control.layout.topology === 'spmc';
    if (this.#single) control.takeWriterRole();
    openEnd(control, WRITER_OPEN, 'writer');
    this.#announced = load(this.words, this.#desk + DESK_CLAIM_SPAN);
    this.#next = this.turns.restart(PRODUCER_CURSOR);
    this.#look();
  }

  /** The sequence of the message, or the first of the messages, last written. */
  get lastSequence(): number {
    return this.claimed;
  }

  /** Room learnt of after the end of the ring must not be used: `seal` may rely on this look (see there). */
  #look(): void {
    const freeUntil = (this.turns.advanceFrontier() + this.#capacity) | 0; // 1.
    if (!this.control.closed) this.#freeUntil = freeUntil;
  }

  /**
   * Claims at least `least` and at most `most` slots in a row; how many, or 0 when there is no room. Throws
   * when the ring is closed.
   */
  protected claim(least: number, most: number): number {
    const { words, turns } = this;
    let at = this.#next;
    if (most > 1 && distance(this.#freeUntil, at) < most) this.#look();
    for (;;) {
      const free = distance(this.#freeUntil, at);
      if (free < least && !this.#makeRoom(at, least)) {
        this.#next = at;
        return 0;
      }
      const index = turns.indexOf(at);
      const lap = turns.lapOf(at);
      const word = load(words, index);
      if (isCurrent(word, lap)) {
        at = (at + turns.spanOf(at, word)) | 0; // Claimed by another writer: go on behind it.
      } else if (isNewer(word, lap)) {
        at = turns.restart(PRODUCER_CURSOR);
      } else {
        if ((word & CLOSED) !== 0) throw this.control.endError();
        const room = Math.min(most, distance(this.#freeUntil, at));
        const span = least === most ? most : this.fit(room);
        if (this.#tryClaim(index, word, lap, span)) {
          this.claimed = at;
          this.#next = (at + span) | 0;
          turns.leaveHint(PRODUCER_CURSOR, this.#next, span);
          return span;
        }
      }
    }
  }

  /** How many of `room` slots a batch is to claim: as many as hold whole messages, and at least one message's. */
  protected abstract fit(room: number): number;

  #tryClaim(index: number, word: number, lap: number, span: number): boolean {
    let claim = lap | this.#owner | (word & SLEEPER) | CLAIMED;
    if (span > 1) {
      claim |= MANY;
      this.#announce(span);
    }
    if (compareExchange(this.words, index, word, claim) !== word) return false; // 2.
    this.#word = claim;
    return true;
  }

  #announce(span: number): void {
    if (this.#announced === span) return;
    store(this.words, this.#desk + DESK_CLAIM_SPAN, span);
    this.#announced = span;
  }

  #makeRoom(at: number, slots: number): boolean {
    this.#look();
    if (this.control.closed) throw this.control.endError();
    if (distance(this.#freeUntil, at) >= slots) return true;
    this.#needed = slots;
    return false;
  }

  /**
   * Publishes the claim held. `false` when readers had given it up: then nothing was published, and the
   * caller claims and writes again.
   */
  protected publish(run: number): boolean {
    const index = this.turns.indexOf(this.claimed);
    const published = this.turns.lapOf(this.claimed) | PUBLISHED | (run > 1 ? MANY : 0);
    let expected = this.#word;
    for (;;) {
      const seen = compareExchange(this.words, index, expected, published); // 4.
      if (seen === expected) break;
      if ((seen & PHASE) === VOID) {
        this.#releaseVoid(index);
        return false;
      }
      expected = seen; // A sleeper has put its flag there.
    }
    if ((expected & SLEEPER) !== 0) this.#wake();
    return true;
  }

  /** Only now, with nobody writing into them, may the slots of a void claim be used again. */
  #releaseVoid(index: number): void {
    const many = this.#word & MANY;
    if (many !== 0) store(this.words, this.turns.runOf(this.claimed), this.#announced);
    const seen = exchange(this.words, index, this.turns.lapOf(this.claimed) | many | RELEASED);
    this.turns.countVoid(-1);
    if ((seen & SLEEPER) !== 0) this.#wake();
  }

  #wake(): void {
    this.control.wakeReaders();
    this.control.wakeWriters();
  }

  /** What a full ring answers: `undefined` to try again, now that the oldest message was dropped. */
  protected refuse(): boolean | undefined {
    const { overflow } = this.control.layout;
    if (overflow === 'block' || overflow === 'strict') return false;
    if (overflow === 'drop-oldest') {
      if (this.#dropOldest()) return undefined;
      this.countWritten(1); // Accepted, like the ones that are dropped later.
    }
    this.#counters.add(DESK_DROPPED, 1);
    return true;
  }

  /** Releases the message at the frontier unread; `false` when a reader or a writer is at it right now. */
  #dropOldest(): boolean {
    const at = this.turns.advanceFrontier();
    const index = this.turns.indexOf(at);
    const word = load(this.words, index);
    const phase = word & PHASE;
    if (!isCurrent(word, this.turns.lapOf(at)) || phase === RELEASED) return true; // Emptied by readers meanwhile.
    if (phase !== PUBLISHED && phase !== RETURNED) return false;
    return this.dropRecord(at, index, word);
  }

  /**
   * Writes a batch in runs: `offerRun(from, most)` writes some messages from number `from` on, and answers
   * how many, 0 when the ring is full, `undefined` to be called again. A batch that was partly written when
   * the ring was closed is answered with what was written; the next call says that the ring is closed.
   */
  protected offerRuns(wanted: number, offerRun: (from: number, most: number) => number | undefined): number {
    let done = 0;
    let written = 0;
    try {
      while (done < wanted) {
        const count = offerRun(done, wanted - done);
        if (count === 0) {
          const answer = this.refuse();
          if (answer === false) break;
          if (answer === true) done++;
        } else if (count !== undefined) {
          done += count;
          written += count;
        }
      }
    } catch (error) {
      if (done === 0) throw error;
    } finally {
      this.countWritten(written);
    }
    return done;
  }

  /** Takes the message at `at` out of the ring by one step, unread. `true` also when somebody else was quicker. */
  protected abstract dropRecord(at: number, index: number, word: number): boolean;

  protected countDrop(seen: number): void {
    this.#counters.add(DESK_DROPPED, 1);
    if ((seen & SLEEPER) !== 0) this.#wake();
  }

  protected countWritten(messages: number): void {
    this.#counters.add(DESK_WRITTEN, messages);
  }

  protected countWait(): void {
    this.#counters.add(DESK_WAITS, 1);
  }

  protected hasRoom(): boolean {
    this.#look();
    return distance(this.#freeUntil, this.#next) >= this.#needed || this.control.closed;
  }

  protected armForRoom(): boolean {
    this.control.registerWriter();
    for (;;) {
      if (this.hasRoom()) return false;
      if (this.turns.armAtFrontier((this.#freeUntil - this.#capacity) | 0)) return !this.hasRoom();
    }
  }

  protected releaseRole(): void {
    closeEnd(this.control, WRITER_OPEN);
    if (this.#single) this.control.releaseWriterRole(this.#owner >> OWNER_SHIFT);
  }
}

/** Marks the stream of a ring with turns as ended and wakes everybody. The state has left `open` before. */
export function markEnd(control: RingControl): void {
  turnsOf(control).seal();
  control.wakeReaders();
  control.wakeWriters();
}

/** A seat's thread has one writer and one reader of a ring at most: others step over its claims by its one desk. */
export function openEnd(control: RingControl, end: number, role: string): void {
  const { seat } = control.lot;
  if ((or(control.memory.i32, deskOf(seat.number) + DESK_ENDS, end) & end) !== 0) {
    throw new RoleTakenError(
      `This thread has a ${role} of this ring already, through another Ring object; use that one, or detach() it.`,
    );
  }
  control.lot.enter(seat.number);
}

export function closeEnd(control: RingControl, end: number): void {
  const { seat } = control.lot;
  const word = deskOf(seat.number) + DESK_ENDS;
  store(control.memory.i32, word, load(control.memory.i32, word) & ~end);
  control.lot.leave(seat.number, 1);
}

/** How many ends the word of a desk says are open. */
export const endsOpen = (word: number): number => (word & 1) + ((word >> 1) & 1);

export class FixedMpmcWriter<T, V> extends MpmcWriter<T> {
  readonly #codec: FixedCodec<T, V>;
  readonly #payload: number;
  readonly #slotBytes: number;
  #scratch: Memory;
  #encoder: FixedBinding<T, V>;

  constructor(control: RingControl, strategy: WaitStrategy, codec: FixedCodec<T, V>) {
    super(control, strategy);
    this.#codec = codec;
    this.#payload = control.layout.payload;
    this.#slotBytes = control.layout.slotBytes;
    this.#scratch = scratchFor(this.#slotBytes);
    this.#encoder = codec.bind(this.#scratch);
  }

  offer(value: T): boolean {
    this.beginEncoding();
    try {
      this.#encoder.write(value, 0); // User code runs here, before anything is claimed.
    } finally {
      this.encoding = false;
    }
    for (;;) {
      if (this.claim(1, 1) === 0) {
        const answer = this.refuse();
        if (answer !== undefined) return answer;
      } else {
        this.#copy(0, this.claimed, 1); // 3.
        if (this.publish(1)) break;
      }
    }
    this.countWritten(1);
    return true;
  }

  offerAll(values: ArrayLike<T>): number {
    this.#encodeAll(values);
    return this.offerRuns(values.length, (from, most) => {
      const span = this.claim(1, most);
      if (span === 0) return 0;
      this.#copyRun(from, span);
      return this.publish(span) ? span : undefined;
    });
  }

  protected fit(room: number): number {
    return room;
  }

  #encodeAll(values: ArrayLike<T>): void {
    if (this.#scratch.u8.length < values.length * this.#slotBytes) {
      this.#scratch = scratchFor(values.length * this.#slotBytes);
      this.#encoder = this.#codec.bind(this.#scratch);
    }
    this.beginEncoding();
    try {
      writeSlots(this.#encoder, values, 0, values.length, 0, this.#slotBytes);
    } finally {
      this.encoding = false;
    }
  }

  /** Copies a run, and prepares the turn words inside it so that readers may take it apart anywhere. */
  #copyRun(from: number, span: number): void {
    const { turns, words, claimed } = this;
    const untilEnd = Math.min(span, turns.mask + 1 - (claimed & turns.mask));
    this.#copy(from, claimed, untilEnd); // 3.
    if (untilEnd < span) this.#copy(from + untilEnd, (claimed + untilEnd) | 0, span - untilEnd);
    words[turns.runOf(claimed)] = span;
    this.#prepareInside(claimed, span, untilEnd);
    if (untilEnd < span) this.#prepareInside((claimed + untilEnd) | 0, span - untilEnd, span - untilEnd);
  }

  /** Writes the words of `slots` neighbouring slots, the first of the claim excepted; `rest` slots follow from there. */
  #prepareInside(from: number, rest: number, slots: number): void {
    const { turns, words, claimed } = this;
    const turn = turns.lapOf(from) | PUBLISHED;
    const index = turns.indexOf(from);
    const run = turns.runOf(from);
    for (let i = from === claimed ? 1 : 0; i < slots; i++) {
      words[run + i] = rest - i;
      words[index + i] = i + 1 < rest ? turn | MANY : turn;
    }
  }

  #copy(from: number, at: number, slots: number): void {
    const { memory } = this.control;
    const to = this.#payload + (at & this.turns.mask) * this.#slotBytes;
    copySlot(this.#scratch, from * this.#slotBytes, memory, to, slots * this.#slotBytes);
  }

  protected dropRecord(at: number, index: number, word: number): boolean {
    const released = this.turns.lapOf(at) | RELEASED; // One message of a run: the slot behind it is a boundary.
    if (compareExchange(this.words, index, word, released) === word) this.countDrop(word);
    return true;
  }
}

function scratchFor(bytes: number): Memory {
  return new Memory(new ArrayBuffer(powerOfTwoFrom(Math.max(bytes, 64))));
}

/** `copyBytes` for slots whose size may be less than a word. */
function copySlot(from: Memory, fromByte: number, to: Memory, toByte: number, length: number): void {
  if ((length & 3) === 0) copyBytes(from, fromByte, to, toByte, length);
  else for (let i = 0; i < length; i++) to.u8[toByte + i] = from.u8[fromByte + i] as number;
}

export class VariableMpmcWriter<T, V> extends MpmcWriter<T> {
  readonly #codec: VariableCodec<T, V>;
  readonly #scratch: Scratch<T, V>;
  /** Lengths of the messages of the batch under way. */
  readonly #encoded: number[] = [];
  /** The slots where they begin, counted from the first, and where the last one ends. */
  readonly #starts: number[] = [0];
  /** The first message of the run that is being claimed. */
  #from = 0;
  readonly #lengths: number;
  readonly #payload: number;
  readonly #slotBytes: number;

  constructor(control: RingControl, strategy: WaitStrategy, codec: VariableCodec<T, V>) {
    super(control, strategy);
    const { layout } = control;
    this.#codec = codec;
    this.#scratch = new Scratch(codec, layout.maxMessageBytes);
    this.#lengths = layout.lengths;
    this.#payload = layout.payload;
    this.#slotBytes = layout.slotBytes;
  }

  offer(value: T): boolean {
    const length = this.#encode(value, 0);
    const span = Math.max(1, Math.ceil(length / this.#slotBytes));
    for (;;) {
      if (this.claim(span, span) === 0) {
        const answer = this.refuse();
        if (answer !== undefined) return answer;
      } else {
        this.#copy(this.claimed, 0, length, span);
        if (this.publish(span)) break;
      }
    }
    this.countWritten(1);
    return true;
  }

  offerAll(values: ArrayLike<T>): number {
    this.#encodeAll(values);
    return this.offerRuns(values.length, (from) => {
      this.#from = from;
      const rest = (this.#starts[values.length] as number) - (this.#starts[from] as number);
      const span = this.claim(this.#spanOf(from), rest);
      if (span === 0) return 0;
      const count = this.#copyRun(from, span);
      return this.publish(this.#spanOf(from)) ? count : undefined;
    });
  }

  protected fit(room: number): number {
    const first = this.#starts[this.#from] as number;
    let next = this.#from + 1;
    while (next < this.#encoded.length && (this.#starts[next + 1] as number) - first <= room) next++;
    return (this.#starts[next] as number) - first;
  }

  /** Encodes messages one after the other, each from a slot's beginning. */
  #encodeAll(values: ArrayLike<T>): void {
    this.#encoded.length = 0;
    this.#starts.length = 1;
    for (let i = 0; i < values.length; i++) {
      const start = this.#starts[i] as number;
      this.#encoded.push(this.#encode(values[i] as T, start * this.#slotBytes));
      this.#starts.push(start + this.#spanOf(i));
    }
  }

  #encode(value: T, at: number): number {
    this.beginEncoding();
    try {
      const prepared = this.#codec.prepare(value);
      return this.#scratch.encode(prepared, this.#codec.bound(prepared), at);
    } finally {
      this.encoding = false;
    }
  }

  #spanOf(message: number): number {
    return Math.max(1, Math.ceil((this.#encoded[message] as number) / this.#slotBytes));
  }

  /** Copies the messages that fill `span` slots; how many they are. */
  #copyRun(from: number, span: number): number {
    const { claimed, turns, words } = this;
    const first = this.#starts[from] as number;
    let next = from;
    for (let start = first; start - first < span; start = this.#starts[next] as number) {
      const at = (claimed + start - first) | 0;
      const slots = this.#spanOf(next);
      this.#copy(at, start * this.#slotBytes, this.#encoded[next] as number, slots);
      if (next > from) words[turns.indexOf(at)] = turns.lapOf(at) | PUBLISHED | (slots > 1 ? MANY : 0);
      next++;
    }
    return next - from;
  }

  #copy(at: number, from: number, length: number, span: number): void {
    const { turns, words } = this;
    const slot = at & turns.mask;
    copyBytes(
      this.#scratch.memory,
      from,
      this.control.memory,
      this.#payload + slot * this.#slotBytes,
      length,
    ); // 3.
    words[this.#lengths + slot] = length;
    words[turns.runOf(at)] = span;
    for (let i = 1; i < span; i++) {
      const inner = (at + i) | 0;
      words[turns.indexOf(inner)] = turns.lapOf(inner); // No record begins here in this lap.
    }
  }

  protected dropRecord(at: number, index: number, word: number): boolean {
    const released = this.turns.lapOf(at) | (word & MANY) | RELEASED;
    if (compareExchange(this.words, index, word, released) === word) this.countDrop(word);
    return true;
  }
}
