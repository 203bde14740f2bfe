/**
 * What one place of a stage (a thread, and whoever stands in for it after its death) has done, in shared memory.
 *
 *   word 0                        32        32 + state
 *   ├─────────────────────────────┼─────────┼─────────┼────────────┬───────────┐
 *   │ active ready inHand commits │ state A │ state B │ statistics │ latencies │
 *   └─────────────────────────────┴─────────┴─────────┴────────────┴───────────┘
 *
 * A thread takes a frame from a lane, handles its records, sends what comes out in one or more parts, and gives
 * the frame back. It may die after any instruction; its successor finds the frame again and must neither lose nor
 * repeat a part. So:
 *
 *   1. Before a part is sent, the journal says where it ends and where it goes (`intend`).
 *   2. The part carries the number `sent`. Whoever reads the lane drops a part whose number it has seen.
 *   3. After it has been sent, one store makes everything that follows from it true (`commit`): the next number, up to
 *      which record the frame is done, which frames of each lane are done.
 *   4. Only then is a frame that is done given back.
 *
 * A thread that dies between 1 and 3 leaves the intention: its successor makes the same part again, ending at the
 * same record, and the reader drops it if it had arrived. One that dies between 3 and 4 leaves a frame that its lane's
 * `acknowledged` shows to be done.
 *
 * Order: one thread at a time writes a journal. Its successor starts after its `exit` event, so everything
 * that was stored is seen; plain stores would do but for the flip in `commit`, which must come after them.
 */
const ACTIVE = 0;
const READY = 1;
const IN_HAND = 2;
const COMMITS = 3;
const STATES = 32;

const SENT = 0;
const LANE = 1;
const FRAME = 2; // Two words, because a stream may have more than 2³¹ frames.
const RECORD = 4;
const YIELDED = 5;
const INTENDED = 6;
const ROUTE = 7;
const END_RECORD = 8;
const END_YIELDED = 9;
const FIRST = 10;
const ACKNOWLEDGED = 11;
const HALF = 2 ** 31;

/** Statistics, each a float64 that only the thread of the place writes. */
export const STATISTICS = [
  'frames',
  'records',
  'seen',
  'results',
  'skipped',
  'dead',
  'retries',
  'busyMs',
  'waitedMs',
] as const;
export type Statistic = (typeof STATISTICS)[number];
/** Latencies are counted by powers of the fourth root of two, from a microsecond on. */
export const LATENCIES = 128;

export const NOTHING = -1;

/** Where in a frame something ends: behind so many results of a record. */
export interface Position {
  readonly record: number;
  readonly yielded: number;
}

export interface Intention extends Position {
  readonly route: number;
}

/** Plain structured-cloneable data. */
export interface JournalHandle {
  readonly buffer: SharedArrayBuffer;
  readonly lanes: number;
}

export class Journal {
  readonly handle: JournalHandle;
  /** The state after the next commit. */
  sent: number;
  lane: number;
  frame: number;
  record: number;
  yielded: number;
  /** How many records were sent of the frame in hand. */
  first: number;
  readonly acknowledged: Int32Array;
  readonly #words: Int32Array;
  readonly #stateWords: number;
  readonly #statistics: Float64Array;

  constructor(handle: JournalHandle) {
    const { buffer, lanes } = handle;
    this.handle = handle;
    this.#stateWords = ACKNOWLEDGED + lanes;
    const statisticsAt = statisticsByte(lanes);
    this.#words = new Int32Array(buffer, 0, statisticsAt >> 2);
    this.#statistics = new Float64Array(buffer, statisticsAt);
    const state = this.#state();
    this.sent = this.#word(state + SENT);
    this.lane = this.#word(state + LANE);
    this.frame = this.#word(state + FRAME) + this.#word(state + FRAME + 1) * HALF;
    this.record = this.#word(state + RECORD);
    this.yielded = this.#word(state + YIELDED);
    this.first = this.#word(state + FIRST);
    this.acknowledged = this.#words.slice(state + ACKNOWLEDGED, state + ACKNOWLEDGED + lanes);
  }

  /** @param lane and frame: what comes first */
  static create(lanes: number, lane: number, frame: number): Journal {
    const buffer = new SharedArrayBuffer(
      statisticsByte(lanes) + (STATISTICS.length + LATENCIES) * Float64Array.BYTES_PER_ELEMENT,
    );
    const journal = new Journal({ buffer, lanes });
    Object.assign(journal, { lane, frame, sent: 1 }); // Parts are numbered from 1; nothing has number 0.
    journal.putInHand(NOTHING);
    journal.commit();
    Atomics.store(journal.#words, COMMITS, 0);
    return journal;
  }

  #state(): number {
    return STATES + (Atomics.load(this.#words, ACTIVE) === 0 ? 0 : this.#stateWords);
  }

  #word(index: number): number {
    return this.#words[index] as number;
  }

  /** Says from which lane the frame comes that is now in hand. */
  begin(lane: number): void {
    this.lane = lane;
    Atomics.store(this.#words, this.#state() + LANE, lane);
  }

  /** 1. What the part that will be sent next holds and where it goes. */
  intend({ record, yielded, route }: Intention): void {
    const state = this.#state();
    this.#words[state + ROUTE] = route;
    this.#words[state + END_RECORD] = record;
    this.#words[state + END_YIELDED] = yielded;
    Atomics.store(this.#words, state + INTENDED, 1);
  }

  /** What was intended and not committed. */
  get intention(): Intention | undefined {
    const state = this.#state();
    if (Atomics.load(this.#words, state + INTENDED) === 0) return undefined;
    return {
      route: this.#word(state + ROUTE),
      record: this.#word(state + END_RECORD),
      yielded: this.#word(state + END_YIELDED),
    };
  }

  /** 3. Makes the fields of this object the state. */
  commit(): void {
    const active = Atomics.load(this.#words, ACTIVE) === 0 ? 1 : 0;
    const state = STATES + active * this.#stateWords;
    const words = this.#words;
    words[state + SENT] = this.sent;
    words[state + LANE] = this.lane;
    words[state + FRAME] = this.frame % HALF;
    words[state + FRAME + 1] = Math.floor(this.frame / HALF);
    words[state + RECORD] = this.record;
    words[state + YIELDED] = this.yielded;
    words[state + FIRST] = this.first;
    words[state + INTENDED] = 0;
    words.set(this.acknowledged, state + ACKNOWLEDGED);
    Atomics.store(words, ACTIVE, active);
    Atomics.store(words, COMMITS, (this.commits + 1) | 0);
  }

  /** How often something was committed: changes as long as the place gets on. */
  get commits(): number {
    return Atomics.load(this.#words, COMMITS);
  }

  /** Which record a handler has in hand: what a death is blamed on. */
  putInHand(record: number): void {
    Atomics.store(this.#words, IN_HAND, record);
  }

  get inHand(): number {
    return Atomics.load(this.#words, IN_HAND);
  }

  /** Whether the thread has opened its handler module. */
  get ready(): boolean {
    return Atomics.load(this.#words, READY) !== 0;
  }

  set ready(ready: boolean) {
    Atomics.store(this.#words, READY, ready ? 1 : 0);
  }

  count(statistic: Statistic, by: number): void {
    const index = STATISTICS.indexOf(statistic);
    this.#statistics[index] = this.statistic(statistic) + by;
  }

  statistic(statistic: Statistic): number {
    return this.#statistics[STATISTICS.indexOf(statistic)] as number;
  }

  countLatency(ms: number, records: number): void {
    const step = Math.round(4 * Math.log2(Math.max(ms, 0.001) * 1000));
    const index = STATISTICS.length + Math.min(LATENCIES - 1, step);
    this.#statistics[index] = (this.#statistics[index] as number) + records;
  }

  get latencies(): Float64Array {
    return this.#statistics.subarray(STATISTICS.length);
  }
}

function statisticsByte(lanes: number): number {
  const words = STATES + 2 * (ACKNOWLEDGED + lanes);
  return Math.ceil(words / 2) * 8;
}
