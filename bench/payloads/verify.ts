import type { Payload } from './payload.ts';

/** What one consumer saw of each producer, plain data for the main thread to add up. */
export interface Tally {
  readonly count: number[];
  /** Sum and exclusive-or of the sequences, as int32. */
  readonly sum: number[];
  readonly xor: number[];
  /** The first thing that was wrong, if anything was. */
  readonly fault?: string;
}

/** Looks at every message a consumer gets. `see` throws at nothing; what is wrong is in the tally. */
export interface Verifier<T = unknown> {
  see(value: T): void;
  tally(): Tally;
}

/** A thread of a benchmark makes one kind only, so that `see` is inlined into the loop that calls it. */
export function verifierFor<T>(payload: Payload<T>, producers: number, consumers: number): Verifier<T> {
  return producers === 1 && consumers === 1 ? new InSequence(payload) : new FromMany(payload, producers);
}

/** For a consumer that gets only a part of what was sent. */
export function verifierOfMany<T>(payload: Payload<T>, producers: number): Verifier<T> {
  return new FromMany(payload, producers);
}

/** One producer and one consumer: message n has to be message n. */
class InSequence<T> implements Verifier<T> {
  readonly #payload: Payload<T>;
  #next = 0;
  #fault: string | undefined;

  constructor(payload: Payload<T>) {
    this.#payload = payload;
  }

  see(value: T): void {
    const sequence = this.#next;
    if (!this.#payload.is(value, 0, sequence)) this.#wrong(value);
    this.#next = sequence + 1;
  }

  #wrong(value: T): void {
    this.#fault ??= `where message ${this.#next} was due came ${shown(value)}`;
  }

  tally(): Tally {
    const { sum, xor } = checksumOf(this.#next);
    const seen = { count: [this.#next], sum: [sum], xor: [xor] };
    return this.#fault === undefined ? seen : { ...seen, fault: this.#fault };
  }
}

/**
 * Several producers: the order of each has to be kept, and count, sum and exclusive-or over all consumers must be those
 * of every message once.
 */
class FromMany<T> implements Verifier<T> {
  readonly #payload: Payload<T>;
  readonly #last: Int32Array;
  readonly #count: Int32Array;
  readonly #sum: Int32Array;
  readonly #xor: Int32Array;
  #fault: string | undefined;

  constructor(payload: Payload<T>, producers: number) {
    this.#payload = payload;
    this.#last = new Int32Array(producers).fill(-1);
    this.#count = new Int32Array(producers);
    this.#sum = new Int32Array(producers);
    this.#xor = new Int32Array(producers);
  }

  see(value: T): void {
    const producer = this.#payload.producerOf(value);
    const sequence = this.#payload.sequenceOf(value, producer);
    if (!(sequence > (this.#last[producer] ?? Number.POSITIVE_INFINITY))) this.#outOfOrder(value);
    else if (!this.#payload.is(value, producer, sequence)) this.#damaged(value);
    this.#last[producer] = sequence;
    (this.#count[producer] as number)++;
    (this.#sum[producer] as number) += sequence;
    (this.#xor[producer] as number) ^= sequence;
  }

  #outOfOrder(value: T): void {
    this.#fault ??= `out of order or twice: ${shown(value)}`;
  }

  #damaged(value: T): void {
    this.#fault ??= `damaged: ${shown(value)}`;
  }

  tally(): Tally {
    const seen = { count: [...this.#count], sum: [...this.#sum], xor: [...this.#xor] };
    return this.#fault === undefined ? seen : { ...seen, fault: this.#fault };
  }
}

/** A value in an error: its beginning says enough. */
const shown = (value: unknown): string => JSON.stringify(value)?.slice(0, 80) ?? 'nothing';

/** What the sequences from 0 to `count` - 1 add up to. */
function checksumOf(count: number): { sum: number; xor: number } {
  const sum = Number(BigInt.asIntN(32, (BigInt(count) * BigInt(count - 1)) / 2n));
  const xor = [count - 1, 1, count, 0][(count - 1) & 3] as number;
  return { sum, xor: count === 0 ? 0 : xor | 0 };
}

/**
 * What is wrong with a phase in which each producer sent `sent` messages, or each its own number of them; `undefined` when
 * nothing is.
 */
export function faultOf(
  tallies: readonly Tally[],
  producers: number,
  sent: number | readonly number[],
): string | undefined {
  for (const { fault } of tallies) if (fault !== undefined) return fault;
  for (let producer = 0; producer < producers; producer++) {
    const due = typeof sent === 'number' ? sent : (sent[producer] ?? 0);
    const fault = faultOfProducer(tallies, producer, due);
    if (fault !== undefined) return fault;
  }
  return undefined;
}

function faultOfProducer(tallies: readonly Tally[], producer: number, sent: number): string | undefined {
  const count = total(tallies, (tally) => tally.count[producer] ?? 0);
  if (count !== sent) return `producer ${producer} sent ${sent} messages, ${count} arrived`;
  const due = checksumOf(sent);
  const sum = total(tallies, (tally) => tally.sum[producer] ?? 0) | 0;
  const xor = tallies.reduce((all, tally) => all ^ (tally.xor[producer] ?? 0), 0);
  return sum === due.sum && xor === due.xor ? undefined : `the checksum of producer ${producer} is wrong`;
}

function total(tallies: readonly Tally[], of: (tally: Tally) => number): number {
  return tallies.reduce((sum, tally) => sum + of(tally), 0);
}
