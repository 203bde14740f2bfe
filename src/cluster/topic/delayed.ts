import { ClosedError, FullError, Memory, OptionError } from '../../ring/index.ts';
import type { Clock, Timer } from '../clock.ts';
import type { DelayDriver } from '../delivery/delay-driver.ts';
import type { Delayed, DelayStore } from '../delivery/delay-store.ts';
import { nextTime, type Schedule } from '../delivery/schedule.ts';
import type { OutgoingRecord } from './record.ts';
import type { RecordCodec } from './record-codec.ts';
import type { SendOptions } from './topic-options.ts';

/** When a message is to be sent later: at a time, after some milliseconds, or again and again. */
export type When =
  | { readonly at: number | Date }
  | { readonly delay: number }
  | (Schedule & { readonly cron: string });

/** Whether a message with these options is to be sent later. */
export const isLater = ({ delay, at }: SendOptions): boolean => delay !== undefined || at !== undefined;

/** When such a message is to be sent. */
export const whenOf = ({ delay, at }: SendOptions): When =>
  at === undefined ? { delay: delay as number } : { at };

/** A message that waits for its time. */
export interface Scheduled {
  /** Milliseconds since 1970: when it is to be sent, for the first time. */
  readonly at: number;
  /** Takes it back; `false` when it has been sent already, or for the last time. In any thread that has this object. */
  cancel(): boolean;
}

/** What a waiting message has besides its record. */
interface Wish {
  readonly partition?: number | undefined;
  readonly id?: string | undefined;
  readonly ttl?: number | undefined;
  readonly timestamp?: number | undefined;
  readonly schedule?: Schedule | undefined;
}

/** How soon to try again when a partition is full. */
const AGAIN_MS = 5;

/**
 * Messages of a topic that are to be sent later. They lie in shared memory as bytes; the thread that created the topic sends them when
 * their time has come, as punctually as its event loop runs. When it ends, whoever repairs the topic goes on. Whoever drives
 * sleeps until the next message is due or another thread adds one, and does not keep the process alive by that.
 */
export class DelayedMessages<T, V> {
  readonly #store: DelayStore;
  readonly #codec: RecordCodec<T, V>;
  readonly #clock: Clock;
  readonly #seat: () => number;
  readonly #send: (value: T, options: SendOptions) => boolean;
  #driver: DelayDriver | undefined;
  #timer: Timer | undefined;

  /**
   * @param seat this thread's, whose claims are repaired when it ends
   * @param send writes a message now; `false` when there is no room
   */
  constructor(
    store: DelayStore,
    codec: RecordCodec<T, V>,
    clock: Clock,
    seat: () => number,
    send: (value: T, options: SendOptions) => boolean,
  ) {
    this.#store = store;
    this.#codec = codec;
    this.#clock = clock;
    this.#seat = seat;
    this.#send = send;
  }

  /** Keeps a message until its time. Throws `FullError` when as many wait as can. */
  add(record: OutgoingRecord<T>, wish: Wish, when: When): Scheduled {
    const schedule = 'cron' in when ? when : undefined;
    const at = this.#timeOf(when);
    const bytes = encode(this.#codec, record, { ...wish, schedule });
    const delayed = this.#store.add(bytes, at, this.#seat(), schedule !== undefined);
    if (delayed === undefined) {
      throw new FullError(
        `${this.#store.capacity} messages wait for their time already; create the topic with more, { delayed: { capacity } }.`,
      );
    }
    if (this.#store.driver === 0) this.drive();
    else if (this.#driver !== undefined) this.#turn();
    return this.#scheduled(delayed, at);
  }

  #scheduled(delayed: Delayed, at: number): Scheduled {
    return { at, cancel: () => this.#store.cancel(delayed) };
  }

  #timeOf(when: When): number {
    const now = this.#clock.now();
    const at = 'cron' in when ? nextTime(when, now) : 'at' in when ? Number(when.at) : now + when.delay;
    if (at !== undefined && Number.isFinite(at)) return at;
    throw new OptionError('delay', `${JSON.stringify(when)} names no time from now on.`);
  }

  /** Makes this thread the one that sends what is due, unless there is one. */
  drive(): void {
    if (this.#driver !== undefined) return;
    this.#driver = this.#store.drive(this.#seat(), this.#clock.now());
    if (this.#driver === undefined) return;
    void this.#listen(this.#driver);
  }

  async #listen(driver: DelayDriver): Promise<void> {
    while (this.#driver === driver) {
      const { news } = this.#store;
      this.#turn();
      await this.#store.listen(news);
    }
  }

  readonly #turn = (): void => {
    if (this.#driver === undefined) return;
    this.#timer?.cancel();
    this.#timer = undefined;
    const now = this.#clock.now();
    this.#driver.advance(now, (bytes, due) => this.#fire(bytes, due, now));
    const next = this.#driver.nextMs();
    if (next !== Number.POSITIVE_INFINITY)
      this.#timer = this.#clock.after(Math.max(0, next - now), this.#turn);
  };

  /** When the message is due again; `undefined` for never. */
  #fire(bytes: Uint8Array, due: number, now: number): number | undefined {
    const { record, wish } = decode(this.#codec, bytes);
    const { schedule, ...options } = wish;
    const { key, headers } = record;
    if (!this.#sendOrGiveUp(record.value, { ...options, key, headers } as SendOptions)) return now + AGAIN_MS;
    return schedule === undefined ? undefined : nextTime(schedule, Math.max(due, now));
  }

  /** `false` when there is no room yet. What can't be sent at all is given up with a warning: nobody is there to be told. */
  #sendOrGiveUp(value: T, options: SendOptions): boolean {
    try {
      return this.#send(value, options);
    } catch (error) {
      if (!(error instanceof ClosedError))
        process.emitWarning(`A delayed message was given up: ${(error as Error).message}`, 'MillraceWarning');
      return true;
    }
  }

  /** After the end of a seat's thread. */
  repair(seat: number): void {
    this.#store.repair(seat);
    this.drive();
  }

  /** Leaves the sending to another thread; what waits, stays. */
  close(): void {
    this.#timer?.cancel();
    this.#driver?.close();
    this.#driver = undefined;
    this.#store.wake();
  }
}

const encoder = new TextEncoder();
const decoder = new TextDecoder();
const roundUp = (bytes: number): number => (bytes + 7) & ~7;

/** The length of the wish, its JSON, and from a multiple of 8 on the record. */
function encode<T, V>(codec: RecordCodec<T, V>, record: OutgoingRecord<T>, wish: Wish): Uint8Array {
  const prepared = codec.prepare(record);
  const json = encoder.encode(JSON.stringify(wish));
  const at = roundUp(4 + json.length);
  const memory = new Memory(new ArrayBuffer(roundUp(at + codec.bound(prepared))));
  memory.i32[0] = json.length;
  memory.u8.set(json, 4);
  const length = codec.bind(memory).write(prepared, at, memory.u8.length);
  return memory.u8.subarray(0, at + length);
}

function decode<T, V>(
  codec: RecordCodec<T, V>,
  bytes: Uint8Array,
): { record: OutgoingRecord<T>; wish: Wish } {
  const memory = new Memory(new ArrayBuffer(roundUp(bytes.length)));
  memory.u8.set(bytes);
  const json = memory.i32[0] as number;
  const wish = JSON.parse(decoder.decode(memory.u8.subarray(4, 4 + json))) as Wish;
  const at = roundUp(4 + json);
  return { record: codec.bind(memory).read(at, bytes.length - at), wish };
}
