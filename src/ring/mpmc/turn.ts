import { compareExchange, load, pause } from '../atomics.ts';
import type { RingControl } from '../control.ts';
import {
  type CONSUMER_CURSOR,
  DESK_CLAIM_SPAN,
  DESK_TAKE_SPAN,
  deskOf,
  FRONTIER,
  PRODUCER_CURSOR,
} from '../layout.ts';
import type { Lot } from '../lot.ts';
import { distance } from '../sequence.ts';
import { PATIENCE_MS, UNTIL_WOKEN } from '../waiting/wait-strategy.ts';
import { checkedRestart, checkedSpan, corruptTurns } from './corrupt-turns.ts';

/**
 * Turn words: one a slot, the truth about the record that begins there.
 *
 *   31                    13 12       6   5      4       3     2     0
 *   ├───────────────────────┼──────────┼──────┼───────┼──────┼────────┤
 *   │ lap                   │ owner    │CLOSED│SLEEPER│ MANY │ phase  │
 *   └───────────────────────┴──────────┴──────┴───────┴──────┴────────┘
 *
 * A *record* is a run of consecutive slots that is claimed, published, taken or released by one step on the
 * turn word of its first slot. It begins at a *boundary*: a sequence at which the record before it ends. In a
 * ring of fixed-size messages a record holds one message a slot; in one of variable size, one message.
 *
 *   lap      which round of the ring the word speaks of: sequence >>> slotBits, its low 19 bits; of a ring with more than 2¹³
 *            slots, all its bits, at the upper end of the field, so that laps wrap round with the sequences
 *   owner    the seat that claimed or took it
 *   MANY     more than one slot; how many, says the owner's desk while the record is claimed, void or taken, and the run
 *            word of the slot otherwise
 *   SLEEPER  somebody sleeps until this word changes for the better: whoever moves the record on rings the bells
 *   CLOSED   on a slot not claimed yet: nothing will ever be claimed from here on
 *   RELEASING  the same bit on a record that is TAKEN: its reader has woken whoever slept, and wakes nobody any more when it gives
 *            the record back. Who sleeps until then comes back by itself.
 */
export const PHASE = 7;
export const CLAIMED = 1;
export const PUBLISHED = 2;
export const TAKEN = 3;
export const RELEASED = 4;
/** Given up by readers while its writer was still at it: the writer releases it and claims anew. */
export const VOID = 5;
/** Taken, and given back unread (or with its reader dead): published once more, behind the readers' cursor. */
export const RETURNED = 6;
export const MANY = 8;
export const SLEEPER = 16;
export const CLOSED = 32;
export const RELEASING = 32;
export const OWNER_SHIFT = 6;
export const OWNER: number = 127 << OWNER_SHIFT;
export const LAP_SHIFT = 13;
export const LAP: number = -1 << LAP_SHIFT;

/** How many records go by between two updates of a cursor hint. */
const HINT_EVERY = 32;

/** Looks at an unfinished claim, and more for every slot of it, before readers give it up. */
const LOOKS_AT_UNFINISHED = 16;

/** Where a walker goes that has been lapped. */
type Hint = typeof PRODUCER_CURSOR | typeof CONSUMER_CURSOR;

/**
 * The steps over turn words that writers, readers and repair share. One object per end: it keeps no position.
 *
 * `frontier` is a boundary before which every record has been released. It only grows, and it is the one
 * thing that tells a writer that slots are free. The two cursor words are hints: boundaries that were current
 * once, from which a newcomer or a lapped thread starts to walk. A walk from any boundary is sound, because a
 * turn word of a later lap tells the walker that its position is history.
 */
export class Turns {
  readonly words: Int32Array;
  readonly turns: number;
  readonly runs: number;
  readonly mask: number;
  readonly capacity: number;
  readonly lapShift: number;
  readonly lapMask: number;
  /** What the lap field of the next lap is more. */
  readonly oneLap: number;
  /** What a record's word says when its slots may be used again. */
  protected readonly done: number = RELEASED;
  readonly #lot: Lot;

  constructor(control: RingControl) {
    const { layout } = control;
    this.words = control.memory.i32;
    this.#lot = control.lot;
    this.turns = layout.turns;
    this.runs = layout.runs;
    this.mask = layout.slots - 1;
    this.capacity = layout.capacity;
    this.lapShift = Math.max(0, LAP_SHIFT - layout.slotBits);
    this.lapMask = LAP & (-1 << layout.slotBits);
    this.oneLap = layout.slots << this.lapShift;
  }

  /** The lap field of a sequence, in place. */
  lapOf(sequence: number): number {
    return (sequence << this.lapShift) & this.lapMask;
  }

  /** The turn word that a free slot most likely has, for a record of one slot, before this lap. */
  wordBefore(lap: number): number {
    return ((lap - this.oneLap) & this.lapMask) | this.done;
  }

  indexOf(sequence: number): number {
    return this.turns + (sequence & this.mask);
  }

  runOf(sequence: number): number {
    return this.runs + (sequence & this.mask);
  }

  /**
   * Slots of the record with this turn word; 0 when the word has changed meanwhile, so that nobody knows. A run word is written for
   * the next lap only after the turn word says that lap, also inside a claim, with a fence in between: else a walker that
   * lags behind by a lap would go on in the middle of a record.
   */
  spanOf(sequence: number, word: number): number {
    if ((word & MANY) === 0) return 1;
    const span = load(this.words, this.#spanWord(sequence, word));
    return load(this.words, this.indexOf(sequence)) === word ? checkedSpan(span, this.capacity) : 0;
  }

  /** The same by the run word alone: of a record that was published, and is this thread's or will be compared once more. */
  spanByRun(sequence: number, word: number): number {
    return (word & MANY) === 0 ? 1 : checkedSpan(load(this.words, this.runOf(sequence)), this.capacity);
  }

  #spanWord(sequence: number, word: number): number {
    const phase = word & PHASE;
    const desk = deskOf((word & OWNER) >> OWNER_SHIFT);
    if (phase === TAKEN) return desk + DESK_TAKE_SPAN;
    return phase === CLAIMED || phase === VOID ? desk + DESK_CLAIM_SPAN : this.runOf(sequence);
  }

  /** A boundary from which to walk: the hint, or the frontier where that is further. */
  restart(hint: Hint): number {
    const frontier = load(this.words, FRONTIER);
    const cursor = load(this.words, hint);
    const ahead = distance(cursor, frontier);
    if (ahead > this.capacity) this.#checkHint(cursor);
    return ahead > 0 ? cursor : frontier;
  }

  /** Nothing is claimed further than `capacity` from the frontier, which only grows. */
  #checkHint(cursor: number): void {
    if (distance(cursor, load(this.words, FRONTIER)) <= this.capacity) return;
    throw corruptTurns('A cursor is further ahead than the ring is large');
  }

  /**
   * Whether a boundary that an end has kept since its last call is history, by the word found there, which is of no record that
   * begins there in this lap. Laps are too few to tell, since the end may have been idle for any time: they only tell the usual
   * case, a word of the lap before. Otherwise the frontier decides, from which the boundary is 0 to `capacity` slots away.
   */
  isPast(at: number, word: number): boolean {
    const behind = this.lapOf(at) - (word & LAP);
    if ((behind & ~this.oneLap) === 0) return false;
    const ahead = distance(at, load(this.words, FRONTIER));
    if (ahead < 0 || ahead > this.capacity) return true;
    if ((behind | 0) >= 0) return false; // Nothing began in this slot for some laps: a dead writer's claim went over it.
    throw corruptTurns('A slot ahead of the frontier is a lap further');
  }

  /** Where an end goes on whose position is history. `last` is where it went for that reason before, within the same call. */
  beginAnew(hint: Hint, last: number | undefined): number {
    return checkedRestart(this.restart(hint), last);
  }

  /** Tells newcomers of a boundary, every now and then. */
  leaveHint(hint: Hint, boundary: number, span: number): void {
    if ((boundary & (HINT_EVERY - 1)) >= span) return;
    const cursor = load(this.words, hint);
    if (distance(boundary, cursor) > 0) compareExchange(this.words, hint, cursor, boundary);
  }

  /**
   * Puts the sleeper's flag on what holds up the frontier, and returns how many milliseconds the sleep may last: 0 when the
   * frontier has moved, or is about to. The caller has found the ring full, over records of which this is the first: it was claimed.
   */
  armAtFrontier(frontier: number): number {
    const index = this.indexOf(frontier);
    const word = load(this.words, index);
    const lap = this.lapOf(frontier);
    if (isNewer(word, lap) || (word & (LAP | PHASE)) === (lap | RELEASED)) return 0;
    if (!isCurrent(word, lap)) throw corruptTurns('A full ring begins with a record that nobody has claimed');
    return this.armAtRecord(index, word);
  }

  /** The same on a record that was found claimed and not released, by its word: 0 when that has changed. */
  armAtRecord(index: number, word: number): number {
    this.checkHolder(index, word);
    if ((word & SLEEPER) === 0 && compareExchange(this.words, index, word, word | SLEEPER) !== word) return 0;
    return (word & RELEASING) === 0 ? UNTIL_WOKEN : PATIENCE_MS;
  }

  /**
   * Before a sleep that ends when somebody moves this record on: throws if there is nobody. A seat is given back only after repair
   * has finished the records it held, so while such a word stands there, its owner's seat is taken.
   */
  checkHolder(index: number, word: number): void {
    const phase = word & PHASE;
    if (phase === PUBLISHED || phase === RETURNED || phase === RELEASED) return;
    if (phase <= RETURNED && this.#lot.isTaken((word & OWNER) >> OWNER_SHIFT)) return;
    if (load(this.words, index) === word) throw corruptTurns('A record is held by no thread');
  }

  /** Gives up messages that are only kept, for at least so many slots; `true` when it is worth looking for room again. */
  yieldRoom(_slots: number): boolean {
    return false;
  }

  /** Moves the frontier over every record released by now, and returns it. */
  advanceFrontier(): number {
    const from = load(this.words, FRONTIER);
    return this.raiseFrontier(from, this.#walkReleased(from));
  }

  /**
   * Moves the frontier word to `to`, unless it is further already, and returns where it is. A writer must not use
   * room that the word does not speak of yet: others start their walks there.
   */
  protected raiseFrontier(from: number, to: number): number {
    let seen = from;
    while (distance(to, seen) > 0) {
      const found = compareExchange(this.words, FRONTIER, seen, to);
      if (found === seen) return to;
      seen = found;
    }
    return seen;
  }

  /** The end of the released records from `from` on, or from where others have moved the frontier meanwhile. */
  #walkReleased(from: number): number {
    let at = from;
    for (;;) {
      const word = load(this.words, this.indexOf(at));
      const lap = this.lapOf(at);
      if ((word & (LAP | PHASE)) !== (lap | RELEASED)) {
        if (!isNewer(word, lap)) return at;
        at = checkedRestart(load(this.words, FRONTIER), at);
      } else at = (at + this.spanOf(at, word)) | 0;
    }
  }

  /**
   * A claim without its publication. Nothing behind it: the ring may be called empty, because that write is
   * not complete. Something behind it: a write that began later may be complete, so the ring is not empty;
   * wait for the writer for a moment, then give its claim up. `false` means empty, `true` that the word has
   * changed.
   */
  settleUnfinished(at: number, word: number): boolean {
    const index = this.indexOf(at);
    for (let look = LOOKS_AT_UNFINISHED + this.spanOf(at, word); look > 0; look--) {
      if (load(this.words, index) !== word) return true;
      pause();
    }
    if (!this.isFollowed(at, word)) return load(this.words, index) !== word;
    this.countVoid(1);
    if (compareExchange(this.words, index, word, (word & ~PHASE) | VOID) !== word) this.countVoid(-1);
    return true;
  }

  /** Counts the claims that are void and not released, where the frontier does not find them by itself. */
  countVoid(_by: number): void {}

  /**
   * Where messages are dropped by moving cursors past them: drops the oldest one that way and tells `count` how many
   * readers missed it; `false` when it is in use. `undefined` where dropping is done on the message's own turn word.
   */
  dropByCursor(_count: (missed: number) => void): boolean | undefined {
    return undefined;
  }

  /** Whether something was claimed behind an unfinished claim. */
  isFollowed(at: number, word: number): boolean {
    const span = this.spanOf(at, word);
    if (span === 0) return false;
    const behind = (at + span) | 0;
    return isCurrent(load(this.words, this.indexOf(behind)), this.lapOf(behind));
  }

  /**
   * Puts the sleeper's flag on the word at a reader's position, an unclaimed slot or an unfinished claim, and
   * returns how many milliseconds the sleep may last: 0 when there is something to do instead.
   */
  armAtMessage(at: number): number {
    const index = this.indexOf(at);
    for (;;) {
      const word = load(this.words, index);
      const claimed = isCurrent(word, this.lapOf(at));
      if (claimed ? (word & PHASE) !== CLAIMED : isNewer(word, this.lapOf(at))) return 0;
      if (claimed) this.checkHolder(index, word);
      if ((word & SLEEPER) === 0 && compareExchange(this.words, index, word, word | SLEEPER) !== word)
        continue;
      if (claimed || (word & RELEASING) !== 0) return PATIENCE_MS;
      return this.#isFree(at) ? UNTIL_WOKEN : PATIENCE_MS;
    }
  }

  /** Whether a slot has been released by its last users: until then a writer that was given up may overwrite a flag. */
  #isFree(at: number): boolean {
    return distance(at, this.advanceFrontier()) < this.capacity;
  }

  /**
   * Walks from a boundary to the first slot that nobody has claimed. `undefined` for a boundary of the past.
   */
  walkToUnclaimed(boundary: number): number | undefined {
    let at = boundary;
    for (;;) {
      const word = load(this.words, this.indexOf(at));
      const lap = this.lapOf(at);
      if (!isCurrent(word, lap)) return isNewer(word, lap) ? undefined : at;
      at = (at + this.spanOf(at, word)) | 0;
    }
  }

  /**
   * Puts CLOSED on the first unclaimed slot, so that no claim goes past it, and returns that sequence. The
   * ring's state has left `open` before. Where that slot is not free yet, the mark is not needed: a writer
   * learns that a slot has become free only by a look at the frontier, and looks at the state after it.
   */
  seal(): number {
    let from = this.restart(PRODUCER_CURSOR);
    for (;;) {
      const end = this.walkToUnclaimed(from);
      if (end === undefined) {
        from = checkedRestart(this.restart(PRODUCER_CURSOR), from);
        continue;
      }
      if (distance(end, this.advanceFrontier()) >= this.capacity) return end;
      const index = this.indexOf(end);
      const word = load(this.words, index);
      if (isCurrent(word, this.lapOf(end)) || isNewer(word, this.lapOf(end))) continue;
      if ((word & CLOSED) !== 0 || compareExchange(this.words, index, word, word | CLOSED) === word)
        return end;
    }
  }

  /**
   * Whether a ring that was closed ends at this boundary. Everything before the end was claimed, and nothing behind it, so a
   * boundary that is not claimed is the end.
   */
  endsAt(boundary: number): boolean {
    const end = this.seal();
    if (end === boundary) return true;
    const word = load(this.words, this.indexOf(boundary));
    const lap = this.lapOf(boundary);
    if (distance(end, boundary) > 0 && (isCurrent(word, lap) || isNewer(word, lap))) return false;
    throw corruptTurns('The ring ends where it has not got to, or has gone past');
  }
}

/** Whether a turn word speaks of a record that begins at the sequence with this lap. */
export function isCurrent(word: number, lap: number): boolean {
  return (word & LAP) === lap && (word & PHASE) !== 0;
}

/** Whether a turn word is from a later lap: the ring has gone on by at least a round. */
export function isNewer(word: number, lap: number): boolean {
  return (((word & LAP) - lap) | 0) > 0;
}
