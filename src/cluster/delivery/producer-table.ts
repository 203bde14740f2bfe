import { MillraceError, OptionError } from '../../ring/index.ts';

/** A producer whose name another thread has taken over. Nothing was sent. */
export class StaleProducerError extends MillraceError {
  constructor(producer: number) {
    super(
      'MILLRACE_STALE_PRODUCER',
      `Producer ${producer} was opened by another thread meanwhile; give each thread a name of its own.`,
    );
  }
}

/**
 * What idempotent producers have sent: for each producer and partition the last sequence that is in the log, so that a
 * producer that was restarted neither loses a message nor sends one twice.
 *
 *   one line of 32 words a producer:        │ epoch │
 *   then 2 words a producer and partition:  │ begun │ sent │
 *
 * A message is *begun* before it is written and *sent* after it. A thread that dies in between leaves begun ≠ sent; its
 * successor looks into the log for that one sequence, and says so by `settle`.
 *
 * - Callers: any thread; one at a time for each producer, the last one to `open` it.
 * - Progress: wait-free.
 * - Order: a producer's words are written by its session alone. A session that was replaced finds another epoch at its next
 *   `begin`.
 * - Wrap: sequences are int32, compared by difference; the first is 1.
 */
export class ProducerTable {
  readonly #words: Int32Array;
  readonly #producers: number;
  readonly #partitions: number;

  static bytes(producers: number, partitions: number): number {
    return (producers * 32 + producers * partitions * 2) * 4;
  }

  constructor(buffer: SharedArrayBuffer, byteOffset: number, producers: number, partitions: number) {
    this.#words = new Int32Array(buffer, byteOffset, ProducerTable.bytes(producers, partitions) / 4);
    this.#producers = producers;
    this.#partitions = partitions;
  }

  /** Begins a producer's next life: its earlier sessions are refused from now on. */
  open(producer: number): ProducerSession {
    if (!Number.isInteger(producer) || producer < 0 || producer >= this.#producers)
      throw new OptionError('producer', `There are producers 0 to ${this.#producers - 1}, got ${producer}.`);
    const epoch = (Atomics.add(this.#words, producer * 32, 1) + 1) | 0;
    const first = this.#producers * 32 + producer * this.#partitions * 2;
    return new ProducerSession(this.#words, producer, epoch, first);
  }
}

/** One life of an idempotent producer. */
export class ProducerSession {
  readonly producer: number;
  readonly epoch: number;
  readonly #words: Int32Array;
  readonly #first: number;

  /** @internal */
  constructor(words: Int32Array, producer: number, epoch: number, first: number) {
    this.#words = words;
    this.producer = producer;
    this.epoch = epoch;
    this.#first = first;
  }

  /** The sequence that a predecessor had begun to write when it ended; `undefined` when it left nothing open. */
  unsettled(partition: number): number | undefined {
    const begun = Atomics.load(this.#words, this.#first + partition * 2);
    return begun === this.sent(partition) ? undefined : begun;
  }

  /** Says what became of it. */
  settle(partition: number, sequence: number, wasSent: boolean): void {
    if (wasSent) this.confirm(partition, sequence);
    else Atomics.store(this.#words, this.#first + partition * 2, this.sent(partition));
  }

  /** The last sequence in the log. */
  sent(partition: number): number {
    return Atomics.load(this.#words, this.#first + partition * 2 + 1);
  }

  /** Before a message is written: `false` when that sequence is in the log already. */
  begin(partition: number, sequence: number): boolean {
    if (Atomics.load(this.#words, this.producer * 32) !== this.epoch)
      throw new StaleProducerError(this.producer);
    if (((sequence - this.sent(partition)) | 0) <= 0) return false;
    Atomics.store(this.#words, this.#first + partition * 2, sequence);
    return true;
  }

  /** After it was written. */
  confirm(partition: number, sequence: number): void {
    Atomics.store(this.#words, this.#first + partition * 2 + 1, sequence);
  }
}
