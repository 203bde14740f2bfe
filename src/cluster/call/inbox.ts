import {
  type BroadcastReader,
  ClosedError,
  RoleTakenError,
  TimeoutError,
  threadToken,
} from '../../ring/index.ts';
import type { Timer } from '../clock.ts';
import { TopicError } from '../errors.ts';
import type { Headers, OutgoingRecord } from '../topic/record.ts';
import type { RecordView } from '../topic/record-view.ts';
import type { Topic } from '../topic/topic.ts';

/** Headers of a request: which partition of the reply topic its sender reads, and the number of the call. */
const REPLY_TO = 'reply.to';
const REPLY_ID = 'reply.id';
/** The subscription by which a caller reads its partition of replies. */
const CALLER = 0;

export interface CallOptions {
  /** Milliseconds until the call is given up. Default 30,000. */
  readonly timeout?: number;
  /** The request's key: see `SendOptions`. */
  readonly key?: string;
  readonly headers?: Headers;
}

interface Call<R> {
  readonly resolve: (reply: R) => void;
  readonly reject: (error: unknown) => void;
  readonly timer: Timer;
}

/**
 * Where one thread gets the replies to its calls on a topic: a partition of the topic's reply topic that it alone reads. The thread is its
 * reader in shared memory, so two callers never share one, and that of a thread which died is free once it was repaired.
 */
export class Inbox<T, R> {
  readonly #topic: Topic<T>;
  readonly #partition: number;
  readonly #reader: BroadcastReader<OutgoingRecord<R>, RecordView<R, R>>;
  readonly #calls = new Map<string, Call<R>>();
  #count = 0;
  #enough: AbortController | undefined;

  constructor(topic: Topic<T>, replies: Topic<R>) {
    this.#topic = topic;
    const taken = takePartition(topic.name, replies);
    this.#partition = taken.partition;
    this.#reader = taken.reader;
  }

  /** Sends a request and waits for its reply. */
  async call(request: T, { timeout = 30_000, key, headers }: CallOptions = {}): Promise<R> {
    const id = `${threadToken}:${this.#count++}`;
    const reply = this.#expect(id, timeout);
    try {
      await this.#topic.send(request, {
        headers: { ...headers, [REPLY_TO]: this.#partition, [REPLY_ID]: id },
        ...(key === undefined ? {} : { key }),
        timeout,
      });
    } catch (error) {
      this.#end(id)?.reject(error);
    }
    return reply;
  }

  #expect(id: string, timeout: number): Promise<R> {
    const reply = new Promise<R>((resolve, reject) => {
      const giveUp = () =>
        this.#end(id)?.reject(
          new TimeoutError(`The call on topic '${this.#topic.name}' had no reply within ${timeout} ms.`),
        );
      this.#calls.set(id, { resolve, reject, timer: this.#topic.clock.after(timeout, giveUp) });
    });
    if (this.#calls.size === 1) void this.#receive();
    return reply;
  }

  #end(id: string): Call<R> | undefined {
    const call = this.#calls.get(id);
    if (call === undefined) return undefined; // It was given up before.
    call.timer.cancel();
    this.#calls.delete(id);
    if (this.#calls.size === 0) this.#enough?.abort();
    return call;
  }

  /** Reads while there are calls: a thread without any does not wait, and may end. */
  async #receive(): Promise<void> {
    this.#enough = new AbortController();
    const { signal } = this.#enough;
    try {
      while (!signal.aborted) {
        const { value, headers } = await this.#reader.take({ signal });
        this.#end(String(headers?.[REPLY_ID]))?.resolve(value);
      }
    } catch (error) {
      if (!signal.aborted) for (const id of [...this.#calls.keys()]) this.#end(id)?.reject(error);
    }
  }

  /** Ends the calls that are waiting. */
  close(): void {
    for (const id of [...this.#calls.keys()])
      this.#end(id)?.reject(new ClosedError('The bus was closed before the reply came.'));
    this.#reader.detach();
  }
}

function takePartition<R>(name: string, replies: Topic<R>) {
  for (const [partition, log] of replies.logs.entries()) {
    log.ensureSubscription(CALLER);
    try {
      const reader = log.attach(CALLER) as BroadcastReader<OutgoingRecord<R>, RecordView<R, R>>;
      reader.seekToEnd();
      return { partition, reader };
    } catch (error) {
      if (!(error instanceof RoleTakenError)) throw error;
    }
  }
  throw new TopicError(
    `All ${replies.partitions} inboxes for calls on topic '${name}' are taken by threads; call from fewer.`,
  );
}

/** Sends a reply to whoever made the request with these headers. A caller that is gone, or whose inbox is full, misses it. */
export function sendReply<R>(
  name: string,
  replies: Topic<R> | undefined,
  to: Headers | undefined,
  value: R,
): void {
  const partition = to?.[REPLY_TO];
  const id = to?.[REPLY_ID];
  if (replies === undefined || typeof partition !== 'number' || id === undefined) {
    throw new TopicError(
      `Nobody waits for a reply to this message of topic '${name}': it was not sent by bus.call().`,
    );
  }
  replies.offer(value, { partition, headers: { [REPLY_ID]: id } });
}
