import { compareExchange, load } from '../atomics.ts';
import { turnsOf } from '../broadcast/turns-of.ts';
import type { RingControl } from '../control.ts';
import { FRONTIER, type Layout } from '../layout.ts';
import { checkedRestart } from './corrupt-turns.ts';
import {
  CLAIMED,
  isCurrent,
  isNewer,
  MANY,
  OWNER,
  OWNER_SHIFT,
  PHASE,
  RELEASED,
  RETURNED,
  TAKEN,
  type Turns,
  VOID,
} from './turn.ts';

/** Walks over everything not released and finishes what a dead thread's seat still owns. */
export class Repair {
  readonly #turns: Turns;
  readonly #layout: Layout;
  readonly #owner: number;

  constructor(control: RingControl, seat: number) {
    this.#turns = turnsOf(control);
    this.#layout = control.layout;
    this.#owner = seat << OWNER_SHIFT;
  }

  run(): void {
    const turns = this.#turns;
    let at = load(turns.words, FRONTIER);
    for (;;) {
      const word = load(turns.words, turns.indexOf(at));
      const lap = turns.lapOf(at);
      if (isNewer(word, lap)) {
        at = checkedRestart(load(turns.words, FRONTIER), at);
        continue;
      }
      if (!isCurrent(word, lap)) return;
      const span = turns.spanOf(at, word);
      if (span === 0 || !this.#finish(at, word, span)) continue;
      at = (at + span) | 0;
    }
  }

  /** `false` when the word changed under it, so that the record must be looked at again. */
  #finish(at: number, word: number, span: number): boolean {
    if ((word & OWNER) !== this.#owner) return true;
    const phase = word & PHASE;
    if (phase === CLAIMED || phase === VOID) return this.#release(at, word, span);
    return phase !== TAKEN || this.#giveBack(at, word, span);
  }

  #release(at: number, word: number, span: number): boolean {
    if (span > 1) this.#change(this.#turns.runOf(at), span, at, word);
    if (!this.#replace(at, word, (word & MANY) | RELEASED)) return false;
    if ((word & PHASE) === VOID) this.#turns.countVoid(-1);
    return true;
  }

  /** From the last message to the first, whose word makes the others reachable again. */
  #giveBack(at: number, word: number, span: number): boolean {
    const turns = this.#turns;
    const starts: number[] = [];
    for (let i = 0; i < span; i += this.#messageSpan(at + i)) starts.push((at + i) | 0);
    this.#change(turns.runOf(at), this.#messageSpan(at), at, word);
    for (const start of starts.slice(1).reverse()) {
      this.#change(turns.indexOf(start), turns.lapOf(start) | RETURNED | this.#manyOf(start), at, word);
    }
    return this.#replace(at, word, RETURNED | this.#manyOf(at));
  }

  /** By the length, not by the run word, which a reader that died while releasing may have overwritten. */
  #messageSpan(at: number): number {
    const { variable, lengths, slotBytes, maxMessageBytes } = this.#layout;
    if (!variable) return 1;
    const length = this.#turns.words[lengths + (at & this.#turns.mask)] as number;
    return Math.max(1, Math.ceil(Math.min(length, maxMessageBytes) / slotBytes));
  }

  #manyOf(at: number): number {
    return this.#messageSpan(at) > 1 ? MANY : 0;
  }

  /** Changes a word of the record at `at`, unless another repair has finished with that record in the meantime. */
  #change(index: number, value: number, at: number, word: number): void {
    const { words } = this.#turns;
    const seen = load(words, index);
    if (load(words, this.#turns.indexOf(at)) === word) compareExchange(words, index, seen, value);
  }

  #replace(at: number, word: number, state: number): boolean {
    const turns = this.#turns;
    return compareExchange(turns.words, turns.indexOf(at), word, turns.lapOf(at) | state) === word;
  }
}
