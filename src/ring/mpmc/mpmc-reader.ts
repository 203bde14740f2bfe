import { add, compareExchange, exchange, load, store } from '../atomics.ts';
import { END_OF_BATCH } from '../batch.ts';
import type { RingControl } from '../control.ts';
import { Counters } from '../counters.ts';
import {
  CONSUMER_CURSOR,
  DESK_READ,
  DESK_TAKE_SPAN,
  DESK_WAITS,
  deskOf,
  FRONTIER,
  READER_OPEN,
  RETURNED as RETURNED_GENERATION,
} from '../layout.ts';
import { RingReader, refuseNestedRead } from '../reader.ts';
import { distance } from '../sequence.ts';
import type { WaitStrategy } from '../waiting/wait-strategy.ts';
import { type Core, coreFor, OUTCOME, passedIn, SEVERAL, STOPPED } from './core.ts';
import { checkedRestart, checkedSpan } from './corrupt-turns.ts';
import { closeEnd, openEnd } from './ends.ts';
import {
  CLAIMED,
  isCurrent,
  isNewer,
  MANY,
  OWNER_SHIFT,
  PHASE,
  PUBLISHED,
  RELEASED,
  RELEASING,
  RETURNED,
  SLEEPER,
  TAKEN,
  Turns,
} from './turn.ts';

/** More messages than any ring holds. */
const ALL = 2 ** 30;

/**
 * What both kinds of reader of a ring with turns share: take and release. The argument, with the numbers used
 * here, is in `mpmc-ring.ts`.
 */
export abstract class MpmcReader<T, V> extends RingReader<T, V> {
  protected readonly words: Int32Array;
  protected readonly turns: Turns;
  /** The record held: where it begins, and how many slots it has. */
  protected taken = 0;
  protected takenSpan = 0;
  /** Where the next view of the record held begins. */
  protected at = 0;
  protected busy = false;
  /** A boundary; every record before it has been taken, as far as this reader knows. */
  #next: number;
  #announced: number;
  #looks = 0;
  /** Messages shown of the record held. */
  protected read = 0;
  /** The generation of messages given back for which this reader has looked behind its position in vain. */
  #scannedFor: number | undefined = 0;
  /** The turn word of the record held, as the take left it, without the flag of a sleeper. */
  #word = 0;
  /** Whether a writer was about to sleep when the last message was released: the next call wakes it (8.). */
  #owesWake = false;
  readonly #owner: number;
  readonly #desk: number;
  readonly #counters: Counters;
  readonly #single: boolean;
  readonly #core: Core | undefined;

  constructor(control: RingControl, strategy: WaitStrategy) {
    super(control, strategy);
    const seat = control.lot.seat.number;
    this.words = control.memory.i32;
    this.turns = new Turns(control);
    this.#owner = seat << OWNER_SHIFT;
    this.#desk = deskOf(seat);
    this.#counters = new Counters(control.memory, this.#desk);
    this.#single = control.layout.topology === 'mpsc' || control.layout.topology === 'spsc';
    if (this.#single) control.takeReaderRole();
    this.#core = coreFor(control.memory.wasm, control.layout, this.turns, { seat, hint: CONSUMER_CURSOR });
    openEnd(control, READER_OPEN, 'reader');
    this.#announced = load(this.words, this.#desk + DESK_TAKE_SPAN);
    // A lone reader's predecessor may have left messages behind the hint; they come first.
    this.#next = this.#single ? load(this.words, FRONTIER) : this.turns.restart(CONSUMER_CURSOR);
  }

  /** Slots of the message that begins at `at`, whose turn word has this value. */
  protected abstract spanOfMessage(at: number, word: number): number;

  /** Takes a record of at most `most` messages; `false` when there is none. */
  protected takeRecord(most: number): boolean {
    if (this.#owesWake) this.#payWake();
    if (this.#core !== undefined && this.#takeByCore(this.#core, most)) return true;
    const { words, turns } = this;
    let at = this.#next;
    let anew: number | undefined;
    for (;;) {
      const word = load(words, turns.indexOf(at));
      const lap = turns.lapOf(at);
      if (!isCurrent(word, lap)) {
        if (turns.isPast(at, word)) {
          anew = turns.beginAnew(CONSUMER_CURSOR, anew);
          at = anew;
          this.#scannedFor = undefined; // What was given back in between may lie behind now.
          continue;
        }
        this.#next = at;
        return this.#takeReturned() || this.#nothing();
      }
      const phase = word & PHASE;
      if (phase === PUBLISHED || phase === RETURNED) {
        const span = this.#measure(at, word, most);
        if (!this.#tryTake(at, word, span)) continue;
        this.#next = (at + span) | 0;
        turns.leaveHint(CONSUMER_CURSOR, this.#next, span);
        return true;
      }
      if (phase !== CLAIMED) {
        at = (at + turns.spanOf(at, word)) | 0; // Taken, released or given up: go on behind it.
      } else if (!turns.settleUnfinished(at, word)) {
        this.#next = at;
        return this.#takeReturned();
      }
    }
  }

  /** `false` when there is nothing, or what is there has to be taken step by step. */
  #takeByCore(core: Core, most: number): boolean {
    const answer = core.take(this.#next, Math.min(Math.ceil(most), ALL));
    const at = (this.#next + passedIn(answer)) | 0;
    const outcome = answer & OUTCOME;
    this.#next = at;
    if (outcome === STOPPED) return false;
    let span = 1;
    if (outcome === SEVERAL) {
      const own = this.words[this.#desk + DESK_TAKE_SPAN] as number; // This thread's own word.
      span = checkedSpan(own, this.turns.capacity);
      this.#announced = span;
    }
    this.#word = TAKEN | this.#owner | this.turns.lapOf(at) | (span > 1 ? MANY : 0);
    this.#hold(at, span);
    this.#next = (at + span) | 0;
    return true;
  }

  #hold(at: number, span: number): void {
    this.taken = at;
    this.takenSpan = span;
    this.at = at;
  }

  /** How many slots one take may cover: only published records, at most `most` messages. */
  #measure(at: number, word: number, most: number): number {
    if (most === 1 || (word & PHASE) === RETURNED) return this.spanOfMessage(at, word);
    return this.gather(at, word, most);
  }

  protected abstract gather(at: number, word: number, most: number): number;

  /** One step makes the record this reader's (5). It fails when another reader, or a flag, came first. */
  #tryTake(at: number, word: number, span: number): boolean {
    let take = (word & SLEEPER) | this.turns.lapOf(at) | this.#owner | TAKEN;
    if (span > 1) {
      take |= MANY;
      this.#announce(span);
    }
    if (compareExchange(this.words, this.turns.indexOf(at), word, take) !== word) return false; // 5.
    this.#word = take & ~SLEEPER;
    this.#hold(at, span);
    return true;
  }

  #announce(span: number): void {
    if (this.#announced === span) return;
    store(this.words, this.#desk + DESK_TAKE_SPAN, span);
    this.#announced = span;
  }

  /** Nothing is claimed here. If the ring has failed and this is its end, says so by throwing. */
  #nothing(): false {
    if (this.tellsEnd && this.control.failed && this.hasEnded()) throw this.control.endError();
    return false;
  }

  /** Looks behind the cursor for messages that were given back; only when repair or a reader says there are some. */
  #takeReturned(): boolean {
    const generation = load(this.words, RETURNED_GENERATION);
    if (generation === this.#scannedFor) return false;
    const { turns } = this;
    let at = load(this.words, FRONTIER);
    while (distance(this.#next, at) > 0) {
      const word = load(this.words, turns.indexOf(at));
      if (!isCurrent(word, turns.lapOf(at))) {
        if (!isNewer(word, turns.lapOf(at))) break;
        at = checkedRestart(load(this.words, FRONTIER), at);
        continue;
      }
      if ((word & PHASE) === RETURNED) {
        if (this.#tryTake(at, word, this.spanOfMessage(at, word))) return true;
        continue; // Another reader took it, or a sleeper put its flag there: look again.
      }
      at = (at + turns.spanOf(at, word)) | 0;
    }
    this.#scannedFor = generation;
    return false;
  }

  /** Gives the record held back to the writers. */
  protected release(): void {
    const { words, turns, taken } = this;
    let seen: number;
    if (this.#core !== undefined) {
      seen = this.#core.release(taken, this.takenSpan);
    } else {
      const many = this.takenSpan > 1 ? MANY : 0;
      if (many !== 0) store(words, turns.runOf(taken), this.takenSpan);
      seen = exchange(words, turns.indexOf(taken), turns.lapOf(taken) | many | RELEASED); // 7.
    }
    if ((seen & SLEEPER) !== 0) this.#wake();
  }

  /** Gives the record of one decoded message back, as the last thing a call does (8.). */
  protected releaseLast(): void {
    const { words, turns, taken } = this;
    const many = this.takenSpan > 1 ? MANY : 0;
    if (many !== 0) store(words, turns.runOf(taken), this.takenSpan);
    this.countRead(1);
    const word = this.#word;
    const released = turns.lapOf(taken) | many | RELEASED;
    const seen =
      this.#core === undefined
        ? compareExchange(words, turns.indexOf(taken), word, released) // 7.
        : this.#core.change(taken, word, released);
    if (seen !== word) this.#wakeAndRelease(released);
  }

  /** `releaseLast` where a writer sleeps. */
  #wakeAndRelease(released: number): void {
    const index = this.turns.indexOf(this.taken);
    exchange(this.words, index, this.#word | RELEASING); // 8.
    this.#wake();
    this.#owesWake = (exchange(this.words, index, released) & SLEEPER) !== 0; // 7.
  }

  #payWake(): void {
    this.#owesWake = false;
    this.#wake();
  }

  /** Counts a message that can't be decoded as read. */
  protected releaseUndecoded(): void {
    this.release();
    this.countRead(1);
  }

  /** Keeps what was read, up to `this.at`, and gives the rest of the record back to be read again. */
  protected giveBackRest(): void {
    const { words, turns, taken } = this;
    const end = (taken + this.takenSpan) | 0;
    if (this.at === end) {
      this.release();
      return;
    }
    for (const at of this.#messagesOf(this.at, end).reverse()) {
      const many = this.heldSpan(at) > 1 ? MANY : 0;
      store(words, turns.indexOf(at), turns.lapOf(at) | RETURNED | many);
    }
    this.takenSpan = distance(this.at, taken);
    this.#next = this.takenSpan === 0 ? taken : this.at;
    if (this.takenSpan > 0) this.release();
    add(words, RETURNED_GENERATION, 1);
    this.#wake();
  }

  /** Slots of a message within the record held. */
  protected abstract heldSpan(at: number): number;

  /** Where the messages of the record held begin, from `from` on. */
  #messagesOf(from: number, end: number): number[] {
    const starts: number[] = [];
    for (let at = from; distance(end, at) > 0; at = (at + this.heldSpan(at)) | 0) starts.push(at);
    return starts;
  }

  #wake(): void {
    this.control.wakeWriters();
    this.control.wakeReaders();
  }

  /** The view at `this.at`, which moves behind it even when the message can't be decoded. */
  protected abstract step(): V;

  drain(each: (view: V) => void, max: number = Number.POSITIVE_INFINITY): number {
    if (this.busy) refuseNestedRead();
    if (max <= 0 || !this.takeRecord(max)) return 0;
    this.beginReading();
    try {
      this.showAll(each);
    } finally {
      this.endReading();
    }
    return this.read;
  }

  /**
   * Shows the messages of the record held. `at` and `read` count a message from the moment it is shown, also when `each`
   * throws.
   */
  protected abstract showAll(each: (view: V) => void): void;

  protected beginReading(): void {
    this.busy = true;
    this.read = 0;
  }

  /** Up to `at` the record held was read; the rest is to be read again. */
  protected endReading(): void {
    this.busy = false;
    this.giveBackRest();
    this.countRead(this.read);
  }

  protected openBatch(max: number): boolean {
    if (this.busy) refuseNestedRead();
    if (max <= 0 || !this.takeRecord(max)) return false;
    this.beginReading();
    return true;
  }

  protected nextView(): V | typeof END_OF_BATCH {
    if (!this.busy || this.at === ((this.taken + this.takenSpan) | 0)) return END_OF_BATCH;
    this.read++;
    return this.step();
  }

  protected closeBatch(all: boolean): void {
    if (all) {
      const end = (this.taken + this.takenSpan) | 0;
      this.read += this.#messagesOf(this.at, end).length;
      this.at = end;
    }
    this.endReading();
  }

  protected abandonBatch(): void {
    this.at = this.taken;
    this.read = 0;
    this.endReading();
  }

  protected hasMessage(): boolean {
    const { turns, words } = this;
    const word = load(words, turns.indexOf(this.#next));
    const lap = turns.lapOf(this.#next);
    if (!isCurrent(word, lap))
      return turns.isPast(this.#next, word) || load(words, RETURNED_GENERATION) !== this.#scannedFor;
    return (word & PHASE) !== CLAIMED || turns.isFollowed(this.#next, word);
  }

  /** Mostly one load: what the turn word does not tell can wait for a few looks. */
  protected override isReady(): boolean {
    this.#looks++;
    if ((this.#looks & 7) === 0) return super.isReady();
    const word = load(this.words, this.turns.indexOf(this.#next));
    return isCurrent(word, this.turns.lapOf(this.#next)) && (word & PHASE) !== CLAIMED;
  }

  protected hasEnded(): boolean {
    if (!this.control.closed || this.hasMessage()) return false;
    return this.turns.endsAt(this.#next);
  }

  protected armForMessage(): number {
    if (this.#owesWake) this.#payWake();
    this.control.registerReader();
    if (this.hasMessage() || this.hasEnded()) return 0;
    const patienceMs = this.turns.armAtMessage(this.#next);
    return this.hasMessage() || this.hasEnded() ? 0 : patienceMs;
  }

  protected countRead(messages: number): void {
    this.#counters.add(DESK_READ, messages);
  }

  protected countWait(): void {
    this.#counters.add(DESK_WAITS, 1);
  }

  /** Takes the one message in a slot, wherever this reader has got to; `false` when there is none. */
  protected takeFrom(slot: number): boolean {
    if (this.#owesWake) this.#payWake();
    const { turns, words } = this;
    const frontier = load(words, FRONTIER);
    const at = (frontier + ((slot - frontier) & turns.mask)) | 0;
    for (;;) {
      const word = load(words, turns.indexOf(at));
      const phase = word & PHASE;
      if (!isCurrent(word, turns.lapOf(at)) || (phase !== PUBLISHED && phase !== RETURNED)) return false;
      if (this.#tryTake(at, word, this.spanOfMessage(at, word))) return true;
    }
  }

  protected releaseRole(): void {
    if (this.#owesWake) this.#payWake();
    closeEnd(this.control, READER_OPEN);
    if (this.#single) this.control.releaseReaderRole(this.#owner >> OWNER_SHIFT);
  }
}
