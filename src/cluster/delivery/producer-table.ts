import { MillraceError } from '../../ring/index.ts';

/** A producer whose name another thread has taken over. Nothing was sent. */
export class StaleProducerError extends MillraceError {
  constructor(producer: string) {
    super(
      'MILLRACE_STALE_PRODUCER',
      `The producer '${producer}' was opened again meanwhile; give each thread a name of its own.`,
    );
  }
}

/**
 * What idempotent producers have sent: for each producer and partition the last sequence that is in the log, so that a
 * producer that was restarted neither loses a message nor sends one twice.
 *
 *   one line of 32 words a producer:             │ epoch │ opening │ current │ seat of set 0 │ seat of set 1 │
 *   then 2 sets of 4 words a producer and partition:   │ begun │ sent │ before │ (spare) │
 *
 * A message is *begun* before it is written and *sent* after it. A thread that dies in between leaves begun ≠ sent, and repair
 * asks the partition what became of it. A producer's lives use two sets of words in turn, so that a thread which was replaced
 * without having ended writes where its successor does not; one that slept through two takeovers between two neighbouring steps
 * would.
 *
 * - Callers: any thread; one at a time for each producer, the last one to `open` it.
 * - Progress: wait-free but for `open`, which waits until a predecessor has finished the one message it is at.
 * - Order:
 *   1. A life stores `begun` and then looks at the epoch; its successor counts the epoch up and then looks at `begun`. So either
 *      the one learns that it was replaced, before it writes, or the other one waits for it.
 *   2. A life fills its set before it makes it the current one: if it ends on the way, the set before is still whole.
 *   3. `before` is stored ahead of `begun`, `begun` ahead of the writing: repair finds all that happened.
 * - Wrap: sequences are int32, compared by difference; the first is 1.
 */
const LINE = 32;
const EPOCH = 0;
/** The seat of the thread that opens the producer right now. */
const OPENING = 1;
/** The set of the last life, plus 1; 0 before the first. */
const CURRENT = 2;
const SEATS = 3;
const BEGUN = 0;
const SENT = 1;
const BEFORE = 2;
const PLACE = 4;

/** Producers of a topic. */
export const PRODUCERS = 64;

/** Milliseconds that `open` waits: a predecessor that lives needs a few microseconds. */
const WAITS_MAX = 100;

export class ProducerTable {
  readonly #words: Int32Array;
  readonly #partitions: number;

  static bytes(partitions: number): number {
    return PRODUCERS * (LINE + 2 * partitions * PLACE) * 4;
  }

  constructor(buffer: SharedArrayBuffer, partitions: number) {
    this.#words = new Int32Array(buffer);
    this.#partitions = partitions;
  }

  /**
   * Begins a producer's next life in the thread of a seat: its earlier ones are refused from now on. `undefined` when the last
   * one ended in the middle of a message, or of this, and was not repaired.
   */
  open(producer: number, seat: number): ProducerSession | undefined {
    const opening = producer * LINE + OPENING;
    for (let waits = 0; Atomics.compareExchange(this.#words, opening, 0, seat) !== 0; waits++) {
      if (waits === WAITS_MAX) return undefined;
      Atomics.wait(this.#words, opening, seat, 1);
    }
    const session = this.#succeed(producer, seat);
    Atomics.store(this.#words, opening, 0);
    return session;
  }

  #succeed(producer: number, seat: number): ProducerSession | undefined {
    const line = producer * LINE;
    const epoch = (Atomics.add(this.#words, line + EPOCH, 1) + 1) | 0; // 1.
    const current = Atomics.load(this.#words, line + CURRENT);
    const set = current === 1 ? 1 : 0;
    const session = this.#session(producer, set, epoch);
    for (let partition = 0; partition < this.#partitions; partition++) {
      const sent = current === 0 ? 0 : this.#session(producer, current - 1, epoch).settled(partition);
      if (sent === undefined) return undefined;
      session.settle(partition, sent);
    }
    Atomics.store(this.#words, line + SEATS + set, seat);
    Atomics.store(this.#words, line + CURRENT, set + 1); // 2.
    return session;
  }

  #session(producer: number, set: number, epoch: number): ProducerSession {
    const places = PRODUCERS * LINE + (2 * producer + set) * this.#partitions * PLACE;
    return new ProducerSession(this.#words, producer * LINE + EPOCH, epoch, places);
  }

  /** After a thread's `exit`: settles the messages it was at. `wrote` says whether it has written since `before`. */
  repair(seat: number, wrote: (partition: number, before: number) => boolean): void {
    for (let producer = 0; producer < PRODUCERS; producer++) {
      const line = producer * LINE;
      Atomics.compareExchange(this.#words, line + OPENING, seat, 0);
      for (const set of [0, 1]) {
        if (Atomics.load(this.#words, line + SEATS + set) !== seat) continue;
        const session = this.#session(producer, set, 0);
        for (let partition = 0; partition < this.#partitions; partition++) session.repair(partition, wrote);
      }
    }
  }
}

/** One life of an idempotent producer. */
export class ProducerSession {
  readonly #words: Int32Array;
  readonly #epochAt: number;
  readonly #epoch: number;
  readonly #places: number;

  /** @internal */
  constructor(words: Int32Array, epochAt: number, epoch: number, places: number) {
    this.#words = words;
    this.#epochAt = epochAt;
    this.#epoch = epoch;
    this.#places = places;
  }

  #at(partition: number, word: number): number {
    return this.#places + partition * PLACE + word;
  }

  /** The last sequence in the log of a partition. */
  sent(partition: number): number {
    return Atomics.load(this.#words, this.#at(partition, SENT));
  }

  /** @internal `sent`, once nothing is begun any more; `undefined` when that takes too long */
  settled(partition: number): number | undefined {
    const at = this.#at(partition, BEGUN);
    for (let waits = 0; waits < WAITS_MAX; waits++) {
      const begun = Atomics.load(this.#words, at);
      if (begun === this.sent(partition)) return begun;
      Atomics.wait(this.#words, at, begun, 1);
    }
    return undefined;
  }

  /** @internal begins where another life has ended */
  settle(partition: number, sent: number): void {
    Atomics.store(this.#words, this.#at(partition, SENT), sent);
    Atomics.store(this.#words, this.#at(partition, BEGUN), sent);
  }

  /**
   * Before a message is written to a partition in which this thread wrote `before` last. `false` when the producer was opened
   * again: then it must not be written.
   */
  begin(partition: number, sequence: number, before: number): boolean {
    Atomics.store(this.#words, this.#at(partition, BEFORE), before);
    Atomics.store(this.#words, this.#at(partition, BEGUN), sequence); // 3.
    if (Atomics.load(this.#words, this.#epochAt) === this.#epoch) return true; // 1.
    this.end(partition);
    return false;
  }

  /** It was not written. */
  end(partition: number): void {
    Atomics.store(this.#words, this.#at(partition, BEGUN), this.sent(partition));
  }

  /** After it was written. */
  confirm(partition: number, sequence: number): void {
    Atomics.store(this.#words, this.#at(partition, SENT), sequence);
  }

  /** @internal */
  repair(partition: number, wrote: (partition: number, before: number) => boolean): void {
    const begun = Atomics.load(this.#words, this.#at(partition, BEGUN));
    if (begun === this.sent(partition)) return;
    if (wrote(partition, Atomics.load(this.#words, this.#at(partition, BEFORE))))
      this.confirm(partition, begun);
    else this.end(partition);
  }
}
