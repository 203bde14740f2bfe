import type { Message } from '../topic/message.ts';
import type { Assignment } from './assignment.ts';

/**
 * Messages of one partition that were there at one moment, in place: each is valid until the next one is looked at.
 */
export class MessageBatch<T, V = T, R = unknown> implements Iterable<Message<T, V, R>> {
  readonly topic: string;
  readonly partition: number;
  readonly #assignment: Assignment<T, V>;
  readonly #nowMs: () => number;

  /** @internal */
  constructor(topic: string, assignment: Assignment<T, V>, nowMs: () => number) {
    this.topic = topic;
    this.partition = assignment.partition;
    this.#assignment = assignment;
    this.#nowMs = nowMs;
  }

  /** Those that are over their time to live are left out. */
  *[Symbol.iterator](): Generator<Message<T, V, R>> {
    const { batch, message, meter } = this.#assignment;
    for (const record of batch ?? []) {
      if (record.isExpired(this.#nowMs)) {
        this.#assignment.countExpired();
        continue;
      }
      const sentAt = meter === undefined ? 0 : record.timestamp;
      yield message.show(record);
      meter?.record(sentAt);
    }
  }

  /**
   * Commits the messages looked at so far, and everything before them in their partition. May be called later, as long as the
   * partition has not been given to another member; then it throws `StaleMemberError`.
   */
  ack(): void {
    this.#assignment.commitTo(this.#upTo());
  }

  #end: number | undefined;

  /** Where the batch ended, once the next one has been asked for. */
  #upTo(): number {
    return this.#end ?? this.#assignment.reader.sequence;
  }

  /** @internal all of it was handled, or without `all` what was looked at */
  close(all = true): void {
    this.#assignment.finish(all);
    this.#end = this.#assignment.reader.sequence;
  }
}
