import { add, compareExchange, exchange, load, store } from '../atomics.ts';
import type { RingControl } from '../control.ts';
import { OptionError } from '../errors.ts';
import {
  FRONTIER,
  FRONTIER_HALVES,
  LINE_WORDS,
  PRODUCER_CURSOR,
  SUBSCRIPTION_ACTIVE,
  SUBSCRIPTION_CURSOR,
  SUBSCRIPTION_EPOCH,
  SUBSCRIPTION_MISSED,
  SUBSCRIPTION_MISSED_SEEN,
  SUBSCRIPTION_SEAT,
  SUBSCRIPTIONS,
  VOID_CLAIMS,
  WRITERS_ASLEEP,
} from '../layout.ts';
import { checkedRestart } from '../mpmc/corrupt-turns.ts';
import { CLAIMED, isCurrent, isNewer, PHASE, PUBLISHED, Turns, VOID } from '../mpmc/turn.ts';
import { distance } from '../sequence.ts';
import { UNTIL_WOKEN } from '../waiting/wait-strategy.ts';

/**
 * The cursors of a broadcast ring's readers, and the frontier that follows from them: the least cursor.
 *
 * Order
 *   1. A writer that computes the frontier reads the epoch, then the cursors, then moves the frontier word to their least, then
 *      reads the epoch again, and uses the result only if no subscription was added in between.
 *   2. A new subscription sets its cursor to the frontier word, becomes active, counts the epoch up, and then looks at
 *      the frontier word again, moving its cursor up until the two agree.
 *   A subscription that goes back to earlier messages does the same with the boundary it goes to.
 *   So a writer that moves the frontier word after that last look reads the epoch after it was counted up: either it
 *   had read the new cursor too, or it drops its result. No slot at or behind an active cursor is ever claimed.
 *   3. A subscriber stores its cursor after its last access to the messages before it; a writer that loads it there
 *      finds these slots unused.
 *   4. A writer about to sleep registers, sets WRITERS_ASLEEP, and looks at the cursors once more; a subscriber moves its
 *      cursor and then looks at WRITERS_ASLEEP: one of them sees the other.
 *   5. Subscribers go past a claim that they give up, but its slots are not free before its writer has released them.
 *      Who gives a claim up counts it first, and moves a cursor past it afterwards; a writer reads the cursors and then
 *      the count. So it finds the claim counted, or released; if any is counted, it walks up to the first one.
 */
export class Subscriptions extends Turns {
  /** Cursors say what is free: the words of what was read stay as they are. */
  protected override readonly done: number = PUBLISHED;
  readonly #table: number;

  constructor(control: RingControl) {
    super(control);
    this.#table = control.layout.subscriptions;
  }

  protected line(subscription: number): number {
    return this.#table + subscription * LINE_WORDS;
  }

  override advanceFrontier(): number {
    for (;;) {
      const epoch = load(this.words, SUBSCRIPTION_EPOCH); // 1.
      const frontier = load(this.words, FRONTIER);
      const least = this.#leastCursor(ACTIVE, KEPT);
      if (least === undefined) return frontier;
      const free = load(this.words, VOID_CLAIMS) === 0 ? least : this.#firstVoid(frontier, least); // 5.
      this.raiseFrontier(frontier, free);
      if (load(this.words, SUBSCRIPTION_EPOCH) === epoch) return free;
    }
  }

  override countVoid(by: number): void {
    add(this.words, VOID_CLAIMS, by);
  }

  /** Where a writer is still at work on a claim that was given up, or `end`. */
  #firstVoid(from: number, end: number): number {
    let at = from;
    while (distance(end, at) > 0) {
      const word = load(this.words, this.indexOf(at));
      const lap = this.lapOf(at);
      if (isNewer(word, lap)) at = checkedRestart(load(this.words, FRONTIER), at);
      else if (!isCurrent(word, lap) || (word & PHASE) === VOID) return at;
      else at = (at + this.spanOf(at, word)) | 0;
    }
    return end;
  }

  protected override raiseFrontier(from: number, to: number): number {
    const frontier = super.raiseFrontier(from, to);
    if ((from ^ frontier) < 0) this.#countHalf(from);
    return frontier;
  }

  #countHalf(before: number): void {
    const halves = load(this.words, FRONTIER_HALVES);
    if ((halves & 1) === before >>> 31)
      compareExchange(this.words, FRONTIER_HALVES, halves, (halves + 1) | 0);
  }

  /**
   * The frontier as a number that does not wrap. The count of halves may be one behind, when whoever moved
   * the frontier over a half has not counted it yet or died before: its parity tells.
   */
  frontierOffset(): { sequence: number; offset: number } {
    for (;;) {
      const halves = load(this.words, FRONTIER_HALVES);
      const sequence = load(this.words, FRONTIER);
      if (load(this.words, FRONTIER_HALVES) !== halves) continue;
      const counted = (halves & 1) === sequence >>> 31 ? halves : halves + 1;
      return { sequence, offset: Math.floor(counted / 2) * 2 ** 32 + (sequence >>> 0) };
    }
  }

  /** The least cursor of the subscriptions in these states; `undefined` when there are none: then messages stay. */
  #leastCursor(state: number, orState: number): number | undefined {
    let least: number | undefined;
    for (let i = 0; i < SUBSCRIPTIONS; i++) {
      const found = stateOf(load(this.words, this.line(i) + SUBSCRIPTION_ACTIVE));
      if (found !== state && found !== orState) continue;
      const cursor = this.cursorOf(i);
      if (least === undefined || distance(cursor, least) < 0) least = cursor;
    }
    return least;
  }

  /** Keeps messages that everybody has read: the last line becomes the *floor*, a cursor without a reader. In a fresh ring. */
  keepRead(): void {
    const line = this.line(FLOOR);
    store(this.words, line + SUBSCRIPTION_CURSOR, load(this.words, FRONTIER));
    store(this.words, line + SUBSCRIPTION_ACTIVE, KEPT);
  }

  /**
   * Order: the floor moves from where it was seen, by one compare-and-swap, over messages that every subscriber has given
   * back. When it fails, another writer has moved it, which is as good.
   */
  override yieldRoom(slots: number): boolean {
    const line = this.line(FLOOR);
    if (load(this.words, line + SUBSCRIPTION_ACTIVE) !== KEPT) return false;
    const floor = load(this.words, line + SUBSCRIPTION_CURSOR);
    const read = this.#leastCursor(ACTIVE, ACTIVE) ?? this.endHint();
    const to = this.#boundaryAfter(floor, Math.max(slots, this.capacity >> YIELD_SHIFT), read);
    if (to === floor) return false;
    compareExchange(this.words, line + SUBSCRIPTION_CURSOR, floor, to);
    return true;
  }

  /** The first boundary at least so many slots on, or the last one known before `end`. */
  #boundaryAfter(from: number, slots: number, end: number): number {
    let at = from;
    while (distance(at, from) < slots && distance(end, at) > 0) {
      const word = load(this.words, this.indexOf(at));
      const span = this.spanOf(at, word);
      if (!isCurrent(word, this.lapOf(at)) || (word & PHASE) === CLAIMED || span === 0) break;
      at = (at + span) | 0;
    }
    return at;
  }

  /** The first boundary at or after a sequence, but not before the oldest message, nor after the newest. */
  boundaryFrom(sequence: number): number {
    const oldest = this.advanceFrontier();
    return this.#boundaryAfter(oldest, Math.max(0, distance(sequence, oldest)), this.endHint());
  }

  /**
   * Sets a subscription's cursor to a boundary that may lie before it, as a new subscription does: see 2. Where it is now: further on if
   * writers have used the room of what was before.
   */
  moveBack(subscription: number, to: number): number {
    const cursor = this.line(subscription) + SUBSCRIPTION_CURSOR;
    store(this.words, cursor, this.wordOf(to));
    this.#settleCursor(cursor);
    return this.cursorOf(subscription);
  }

  override armAtFrontier(): number {
    store(this.words, WRITERS_ASLEEP, 1); // 4.
    return UNTIL_WOKEN;
  }

  /**
   * Adds a subscription that begins with the oldest message still there; its number, which is at least `least`. It ends with
   * the thread of the seat that it belongs to; without one it is durable.
   */
  add(owner = 0, least = 0): number {
    for (let subscription = least; subscription < SUBSCRIPTIONS; subscription++) {
      if (this.addAt(subscription, owner)) return subscription;
    }
    throw new OptionError(
      'subscribe',
      `A broadcast ring has at most ${SUBSCRIPTIONS} subscriptions; close one first.`,
    );
  }

  /** Adds the subscription with this number; `false` when there is one already. */
  addAt(subscription: number, owner = 0): boolean {
    const line = this.line(subscription);
    const joining = JOINING | (owner << OWNER_SHIFT);
    if (compareExchange(this.words, line + SUBSCRIPTION_ACTIVE, FREE, joining) !== FREE) return false;
    store(this.words, line + SUBSCRIPTION_SEAT, 0);
    this.takeMissed(subscription); // Those of a former subscription with this number.
    this.#join(line, owner);
    return true;
  }

  #join(line: number, owner: number): void {
    store(this.words, line + SUBSCRIPTION_CURSOR, this.wordOf(load(this.words, FRONTIER))); // 2.
    store(this.words, line + SUBSCRIPTION_ACTIVE, ACTIVE | (owner << OWNER_SHIFT));
    this.#settleCursor(line + SUBSCRIPTION_CURSOR);
  }

  /** Counts the epoch up, and moves the cursor up until it agrees with the frontier word. */
  #settleCursor(cursor: number): void {
    add(this.words, SUBSCRIPTION_EPOCH, 1);
    for (;;) {
      const now = load(this.words, FRONTIER);
      const word = load(this.words, cursor);
      if (distance(now, this.sequenceOf(word)) <= 0) return;
      compareExchange(this.words, cursor, word, this.wordOf(now));
    }
  }

  /**
   * Takes a subscription out of the frontier, which moves first: without any subscription it stays where it is, and what the last
   * one has read is to make room. Its reader has been detached.
   */
  remove(subscription: number): void {
    this.advanceFrontier();
    store(this.words, this.line(subscription) + SUBSCRIPTION_ACTIVE, FREE);
  }

  isActive(subscription: number): boolean {
    return stateOf(load(this.words, this.line(subscription) + SUBSCRIPTION_ACTIVE)) === ACTIVE;
  }

  /** Makes a seat the reader of a subscription; `false` when it has a reader. */
  attach(subscription: number, seat: number): boolean {
    const line = this.line(subscription);
    if (compareExchange(this.words, line + SUBSCRIPTION_SEAT, 0, seat) !== 0) return false;
    const word = load(this.words, line + SUBSCRIPTION_ACTIVE);
    const owner = word >> OWNER_SHIFT;
    if (owner === 0 || owner === seat) return true;
    // It ends with its reader from now on, unless its owner has died and repair has just ended it.
    const own = stateOf(word) | (seat << OWNER_SHIFT);
    return compareExchange(this.words, line + SUBSCRIPTION_ACTIVE, word, own) === word;
  }

  /** Whether the seat was its reader. */
  detach(subscription: number, seat: number): boolean {
    return compareExchange(this.words, this.line(subscription) + SUBSCRIPTION_SEAT, seat, 0) === seat;
  }

  /**
   * Ends what a dead thread's seat read with: a durable cursor waits for a successor, the seat's own subscriptions go,
   * also those it was just adding or leaving. How many it read with.
   */
  repairSeat(seat: number): number {
    let ended = 0;
    for (let subscription = 0; subscription < SUBSCRIPTIONS; subscription++) {
      const active = this.line(subscription) + SUBSCRIPTION_ACTIVE;
      const word = load(this.words, active);
      if (load(this.words, this.line(subscription) + SUBSCRIPTION_SEAT) === seat) this.letGo(subscription);
      if (this.detach(subscription, seat)) ended++;
      // The reader is gone first: a subscription without owner and reader would hold writers back for ever. And only the word
      // seen: another repair may have ended it meanwhile, and somebody new begun.
      if (word >> OWNER_SHIFT === seat) compareExchange(this.words, active, word, FREE);
    }
    return ended;
  }

  /** Moves a cursor on by one compare-and-swap, for subscriptions that several read; `false` when it was not at `from`. */
  advanceCursor(subscription: number, from: number, to: number): boolean {
    const word = this.line(subscription) + SUBSCRIPTION_CURSOR;
    return compareExchange(this.words, word, from, to) === from; // 3.
  }

  /** Whether a writer slept on the movement of a cursor; then it is to be woken. */
  takeSleepers(): boolean {
    return load(this.words, WRITERS_ASLEEP) !== 0 && exchange(this.words, WRITERS_ASLEEP, 0) !== 0; // 4.
  }

  /** A boundary at or shortly before the last message claimed. */
  endHint(): number {
    return this.walkToUnclaimed(this.restart(PRODUCER_CURSOR)) ?? load(this.words, PRODUCER_CURSOR);
  }

  cursorOf(subscription: number): number {
    return this.sequenceOf(load(this.words, this.line(subscription) + SUBSCRIPTION_CURSOR));
  }

  /** How a cursor's word says a sequence. */
  protected wordOf(sequence: number): number {
    return sequence;
  }

  protected sequenceOf(word: number): number {
    return word;
  }

  /** Undoes what a dead reader's claim on its cursor holds up. */
  protected letGo(_subscription: number): void {}

  /** How many messages the subscription has missed since this was last asked, by any of its readers. */
  takeMissed(subscription: number): number {
    const line = this.line(subscription);
    const now = load(this.words, line + SUBSCRIPTION_MISSED);
    return (now - exchange(this.words, line + SUBSCRIPTION_MISSED_SEEN, now)) >>> 0;
  }

  /** Moves a cursor on, giving everything before it back; `true` when a writer sleeps on that. */
  moveCursor(subscription: number, to: number): boolean {
    store(this.words, this.line(subscription) + SUBSCRIPTION_CURSOR, this.wordOf(to)); // 3.
    return this.takeSleepers();
  }
}

// What the first word of a subscription says, and above it the seat that it belongs to; none if it is durable.
const FREE = 0;
const JOINING = 1;
const ACTIVE = 2;
/** The floor: what lies behind it was read by everybody and stays until a writer needs the room. */
const KEPT = 3;
const FLOOR: number = SUBSCRIPTIONS - 1;
const OWNER_SHIFT = 2;
/** A writer that needs room has the floor moved by a sixteenth of the ring, so that the next ones find some. */
const YIELD_SHIFT = 4;

const stateOf = (word: number): number => word & 3;
