import { add, compareExchange, exchange, load, store } from '../atomics.ts';
import { turnsOf } from '../broadcast/turns-of.ts';
import { OpenClaim } from '../claim.ts';
import type { CodecSpec } from '../codec/codec.ts';
import type { RingControl } from '../control.ts';
import { Counters } from '../counters.ts';
import {
  DESK_CLAIM_SPAN,
  DESK_DROPPED,
  DESK_LAST,
  DESK_WAITS,
  DESK_WRITTEN,
  deskOf,
  PRODUCER_CURSOR,
  WRITER_OPEN,
} from '../layout.ts';
import { distance } from '../sequence.ts';
import type { WaitStrategy } from '../waiting/wait-strategy.ts';
import { RingWriter } from '../writer.ts';
import { type Core, coreFor, GIVEN_UP, OUTCOME, passedIn, STOPPED, WAKE } from './core.ts';
import { checkedRestart, corruptTurns } from './corrupt-turns.ts';
import { closeEnd, openEnd } from './ends.ts';
import {
  CLAIMED,
  CLOSED,
  isCurrent,
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

/** How often in a row a writer drops the oldest message without making room, before it says that the ring is corrupt. */
const DROPPINGS_MAX = 10_000;

/**
 * What both kinds of writer of a ring with turns share: claim and publication. The argument, with the numbers
 * used here, is in `mpmc-ring.ts`.
 */
export abstract class MpmcWriter<T, S> extends RingWriter<T, S> {
  protected readonly words: Int32Array;
  protected readonly turns: Turns;
  protected readonly core: Core | undefined;
  /** The first slot of the claim held. */
  protected claimed = 0;
  /** A boundary at or before the first unclaimed slot. */
  #next: number;
  /** Up to where the slots were free when last looked. */
  #freeUntil: number;
  #needed = 1;
  #announced = 0;
  /** Of the only writer: the end of the message it published last, if that was one by itself. Nothing is written behind it. */
  #ownEnd: number | undefined;
  /** The turn word of the claim held. */
  #word = 0;
  /** The first slot of the claim published last. */
  #published = 0;
  /** The frontier at which this writer last dropped a message, and how often it did before without moving it. */
  #droppedAt = 0;
  #droppings = 0;
  readonly #owner: number;
  readonly #desk: number;
  readonly #counters: Counters;
  readonly #capacity: number;
  readonly #single: boolean;

  constructor(control: RingControl, strategy: WaitStrategy, spec: CodecSpec) {
    super(control, strategy, spec);
    const seat = control.lot.seat.number;
    this.words = control.memory.i32;
    this.turns = turnsOf(control);
    this.#owner = seat << OWNER_SHIFT;
    this.#desk = deskOf(seat);
    this.#counters = new Counters(control.memory, this.#desk);
    this.#capacity = control.layout.capacity;
    const { soleWriter, topology } = control.layout;
    this.#single = soleWriter || topology === 'spsc' || topology === 'spmc';
    if (this.#single) control.takeWriterRole();
    this.core = coreFor(control.memory.wasm, control.layout, this.turns, { seat, hint: PRODUCER_CURSOR });
    openEnd(control, WRITER_OPEN, 'writer');
    this.#announced = load(this.words, this.#desk + DESK_CLAIM_SPAN);
    this.#next = this.turns.restart(PRODUCER_CURSOR);
    this.#freeUntil = this.#next;
    this.#published = (this.#next - 1) | 0; // No claim of this writer's is there.
    this.#noteLast(this.#published);
    this.#look();
  }

  /** The sequence of the message, or the first of the messages, last written; of no message before the first. */
  get lastSequence(): number {
    return this.#published;
  }

  /** See `BroadcastRing.publishedAfter`. Read when this thread has ended only, so a plain store will do. */
  #noteLast(sequence: number): void {
    this.words[this.#desk + DESK_LAST] = sequence;
  }

  /**
   * Room learnt of after the end of the ring must not be used: `seal` may rely on this look (see there). A position that the ring
   * has left behind since this writer's last call is forgotten.
   */
  #look(): void {
    const freeUntil = (this.turns.advanceFrontier() + this.#capacity) | 0; // 1.
    if ((freeUntil - this.#next) >>> 0 > this.#capacity) this.#goOnAt(this.turns.restart(PRODUCER_CURSOR));
    if (!this.control.closed) this.#freeUntil = freeUntil;
  }

  /** What was free for a position of the past says nothing. */
  #goOnAt(boundary: number): void {
    this.#next = boundary;
    this.#freeUntil = boundary;
  }

  /**
   * Claims at least `least` and at most `most` slots in a row; how many, or 0 when there is no room. Throws
   * when the ring is closed.
   *
   * Where it is known how many slots, the first step is a claim from the word that a free slot most likely has. It finds out all that a
   * look would, and another writer's cache gives the line up once, not twice. That word is of the lap before and says neither the
   * end nor a sleeper, so a look that finds it leads to the same claim.
   */
  protected claimSlots(least: number, most: number): number {
    const { words, turns } = this;
    if (most > 1 && distance(this.#freeUntil, this.#next) < most) this.#look();
    let at = this.#next;
    let anew: number | undefined;
    for (;;) {
      if (distance(this.#freeUntil, at) < least) {
        this.#next = at;
        if (!this.#makeRoom(least)) return 0;
        if (this.#next !== at) anew = checkedRestart(this.#next, anew);
        at = this.#next;
      }
      const index = turns.indexOf(at);
      const lap = turns.lapOf(at);
      const usual = turns.wordBefore(lap);
      const word = least === most ? this.#tryClaim(index, usual, lap, most) : load(words, index);
      if (least === most && word === usual) return this.#holdClaim(at, most);
      if (isCurrent(word, lap)) {
        at = (at + turns.spanOf(at, word)) | 0; // Claimed by another writer: go on behind it.
      } else if (turns.isPast(at, word)) {
        anew = turns.beginAnew(PRODUCER_CURSOR, anew);
        this.#goOnAt(anew);
        this.#look();
        at = this.#next;
      } else {
        if ((word & CLOSED) !== 0) throw this.control.endError();
        const room = Math.min(most, distance(this.#freeUntil, at));
        const span = least === most ? most : this.fit(room);
        if (this.#tryClaim(index, word, lap, span) === word) return this.#holdClaim(at, span);
      }
    }
  }

  #holdClaim(at: number, span: number): number {
    this.claimed = at;
    this.#noteLast(at);
    this.#next = (at + span) | 0;
    return span;
  }

  /** Whether there was room when last looked. */
  protected get roomKnown(): boolean {
    return distance(this.#freeUntil, this.#next) > 0;
  }

  /**
   * Writes the message on this seat's desk, of so many words, by the core. `false` when it is still to be claimed, copied and
   * published, step by step.
   */
  protected offerFromDesk(words: number): boolean {
    const answer = (this.core as Core).offer(this.#next, this.#freeUntil, words);
    const at = (this.#next + passedIn(answer)) | 0;
    const outcome = answer & OUTCOME;
    if (outcome === STOPPED) {
      this.#next = at;
      return false;
    }
    this.claimed = at;
    this.#next = (at + 1) | 0;
    if (outcome === GIVEN_UP) {
      this.#word = CLAIMED;
      this.#releaseVoid(this.turns.indexOf(at));
      return false;
    }
    this.#published = at;
    if (outcome === WAKE) this.#wake();
    return true;
  }

  /** How many of `room` slots a batch is to claim: as many as hold whole messages, and at least one message's. */
  protected abstract fit(room: number): number;

  /** The claim is made if the answer, the turn word found, is `word`. */
  #tryClaim(index: number, word: number, lap: number, span: number): number {
    let claim = lap | this.#owner | (word & SLEEPER) | CLAIMED;
    if (span > 1) {
      claim |= MANY;
      this.#announce(span);
    }
    const found = compareExchange(this.words, index, word, claim); // 2.
    if (found === word) this.#word = claim;
    return found;
  }

  #announce(span: number): void {
    if (this.#announced === span) return;
    store(this.words, this.#desk + DESK_CLAIM_SPAN, span);
    this.#announced = span;
  }

  /** Whoever sees a plain store made after this sees those made before it, also where the processor does not keep their order. */
  protected fence(): void {
    add(this.words, this.#desk + DESK_LAST, 0); // A word that nobody reads while this thread lives.
  }

  #makeRoom(slots: number): boolean {
    do {
      this.#look();
      if (this.control.closed) throw this.control.endError();
      if (distance(this.#freeUntil, this.#next) >= slots) return true;
    } while (this.turns.yieldRoom(slots));
    this.#needed = slots;
    return false;
  }

  /** Private memory: a claim in the ring that waits for user code would hold up other threads. */
  protected openClaim(size: number): OpenClaim | undefined {
    const { slotBytes, variable } = this.control.layout;
    if (!this.#makeRoom(Math.max(1, Math.ceil(size / slotBytes)))) return undefined;
    const bytes = new Uint8Array(size);
    const commit = (length: number) => {
      this.encoding = false;
      const written = this.offer(bytes.subarray(0, length) as T);
      this.encoding = !written;
      return written;
    };
    return new OpenClaim(bytes, variable ? 0 : size, commit, () => {
      this.encoding = false;
    });
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
    this.#published = this.claimed;
    this.leaveHint(distance(this.#next, this.claimed));
    if ((expected & SLEEPER) !== 0) this.#wake();
    return true;
  }

  /** Tells others, every now and then, where this writer has got to, behind a record of so many slots that it has published. */
  protected leaveHint(span: number): void {
    this.turns.leaveHint(PRODUCER_CURSOR, this.#next, span);
  }

  /**
   * For the only writer of a ring: finds the free slot behind everything written, which is its own without a claim
   * (`broadcast/sole-writer.ts`); `false` when the ring is full.
   */
  protected findOwnSlot(): boolean {
    let anew: number | undefined;
    for (;;) {
      let slot = this.#next;
      if (distance(this.#freeUntil, slot) < 1) {
        if (!this.#makeRoom(1)) return false;
        if (this.#next !== slot) anew = checkedRestart(this.#next, anew);
        slot = this.#next;
      }
      if (slot === this.#ownEnd) {
        this.claimed = slot;
        this.#word = this.turns.wordBefore(this.turns.lapOf(slot)); // Most likely: `publishOwnSlot` finds out.
        return true;
      }
      const found = load(this.words, this.turns.indexOf(slot));
      if (!isCurrent(found, this.turns.lapOf(slot))) {
        if ((found & CLOSED) !== 0) throw this.control.endError();
        this.claimed = slot;
        this.#word = found;
        return true;
      }
      this.#next = (slot + this.turns.spanOf(slot, found)) | 0; // Written before this writer was attached.
    }
  }

  /** Shows the message in that slot. Throws when the ring was closed before. */
  protected publishOwnSlot(): void {
    const slot = this.claimed;
    const index = this.turns.indexOf(slot);
    const shown = this.turns.lapOf(slot) | PUBLISHED;
    let found = this.#word;
    this.#noteLast(slot);
    for (;;) {
      const before = compareExchange(this.words, index, found, shown); // 9.
      if (before === found) break;
      if ((before & CLOSED) !== 0) throw this.control.endError();
      found = before; // A sleeper has put its flag there, or it is not the word that was expected.
    }
    this.#published = slot;
    this.#next = (slot + 1) | 0;
    this.#ownEnd = this.#next;
    this.leaveHint(1);
    if ((found & SLEEPER) !== 0) this.#wake();
  }

  /** The frontier when last looked. */
  protected get frontier(): number {
    return (this.#freeUntil - this.#capacity) | 0;
  }

  /** Slots from the one found that were free when last looked. */
  protected get ownSlots(): number {
    return distance(this.#freeUntil, this.claimed);
  }

  /** Only now, with nobody writing into them, may the slots of a void claim be used again. */
  #releaseVoid(index: number): void {
    const many = this.#word & MANY;
    this.#noteLast(this.#published);
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
      if (this.#dropOldest()) {
        this.#countDropping();
        return undefined;
      }
      this.countWritten(1); // Accepted, like the ones that are dropped later.
    }
    this.#counters.add(DESK_DROPPED, 1);
    return true;
  }

  readonly #countMissed = (missed: number): void => this.#counters.add(DESK_DROPPED, missed);

  /**
   * A drop moves the frontier on, unless another thread changes the record, or a cursor, between two neighbouring steps of it:
   * to have that happen so often in a row, without a move, takes a ring in which dropping moves nothing.
   */
  #countDropping(): void {
    this.#droppings = this.frontier === this.#droppedAt ? this.#droppings + 1 : 0;
    this.#droppedAt = this.frontier;
    if (this.#droppings > DROPPINGS_MAX) throw corruptTurns('Dropping the oldest message makes no room');
  }

  /** Releases the message at the frontier unread; `false` when a reader or a writer is at it right now. */
  #dropOldest(): boolean {
    const dropped = this.turns.dropByCursor(this.#countMissed);
    if (dropped !== undefined) return dropped;
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
    if (distance(this.#freeUntil, this.#next) < this.#needed && this.turns.yieldRoom(this.#needed))
      this.#look();
    return distance(this.#freeUntil, this.#next) >= this.#needed || this.control.closed;
  }

  protected armForRoom(): number {
    this.control.registerWriter();
    for (;;) {
      if (this.hasRoom()) return 0;
      const patienceMs = this.turns.armAtFrontier(this.frontier);
      if (patienceMs > 0) return this.hasRoom() ? 0 : patienceMs;
    }
  }

  /**
   * Takes a message that was written out of the ring again; `false` when a reader has it, or had it. Only where messages are
   * taken one by one: within a longer take their own words say nothing.
   */
  withdraw(at: number): boolean {
    const { turns, words } = this;
    const index = turns.indexOf(at);
    for (;;) {
      const word = load(words, index);
      const phase = word & PHASE;
      if (!isCurrent(word, turns.lapOf(at)) || (phase !== PUBLISHED && phase !== RETURNED)) return false;
      const released = turns.lapOf(at) | (word & MANY) | RELEASED;
      if (compareExchange(words, index, word, released) !== word) continue; // A sleeper's flag, or a reader.
      this.countWritten(-1);
      if ((word & SLEEPER) !== 0) this.#wake();
      return true;
    }
  }

  /** Whether a message that was written is still to be taken. */
  isStanding(at: number): boolean {
    const word = load(this.words, this.turns.indexOf(at));
    const phase = word & PHASE;
    return isCurrent(word, this.turns.lapOf(at)) && (phase === PUBLISHED || phase === RETURNED);
  }

  /** Whether a message that was written has been taken and given back. */
  isDone(at: number): boolean {
    const word = load(this.words, this.turns.indexOf(at));
    return !isCurrent(word, this.turns.lapOf(at)) || (word & PHASE) === RELEASED;
  }

  /** Registers this thread to be woken when that has happened: how many milliseconds it may sleep, 0 when it has, or the ring has ended. */
  armForDone(at: number): number {
    this.control.registerWriter();
    const index = this.turns.indexOf(at);
    while (!this.isDone(at) && !this.control.closed) {
      const word = load(this.words, index);
      if (!isCurrent(word, this.turns.lapOf(at)) || (word & PHASE) === RELEASED) return 0;
      const patienceMs = this.turns.armAtRecord(index, word);
      if (patienceMs > 0) return this.control.closed ? 0 : patienceMs;
    }
    return 0;
  }

  /** Counts a wait of whoever writes through this writer. */
  waited(): void {
    this.countWait();
  }

  protected releaseRole(): void {
    closeEnd(this.control, WRITER_OPEN);
    if (this.#single) this.control.releaseWriterRole(this.#owner >> OWNER_SHIFT);
  }
}
