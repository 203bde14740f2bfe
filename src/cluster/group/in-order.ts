import { UnsupportedError } from '../../ring/index.ts';
import type { HandlerContext, HandlerModule } from '../../workers/index.ts';
import type { Clock } from '../clock.ts';
import type { RetryPolicy } from '../delivery/retry-policy.ts';
import type { Message } from '../topic/message.ts';
import { keep } from '../topic/record-view.ts';
import type { Topic } from '../topic/topic.ts';
import type { Assignment } from './assignment.ts';
import type { ThreadOptions } from './consume-options.ts';
import { decide, expired, type Failure, killerOf } from './failure.ts';
import type { Group } from './group.ts';
import type { Member } from './member.ts';
import { MessageBatch } from './message-batch.ts';
import { callHandler, errorOf, failureOf, giveUp } from './settle.ts';
import type { Tally } from './tally.ts';

/** What `InOrder` works with. */
export interface DeliveryParts<T, V> {
  readonly group: Group<T, V>;
  readonly member: Member<T, V>;
  readonly handler: HandlerModule<Message<T, V>>;
  readonly context: HandlerContext;
  readonly clock: Clock;
  readonly options: ThreadOptions;
  readonly retry: RetryPolicy | undefined;
  readonly deadLetter: Topic<T, V> | undefined;
  readonly tally: Tally;
}

/**
 * Hands a member's messages to a handler, one after the other, until the member stops. A message whose handler fails is tried
 * again, or given to the dead-letter topic, or ends the consumer; until then nothing behind it in its partition is delivered.
 */
export class InOrder<T, V> {
  readonly #parts: DeliveryParts<T, V>;
  readonly #atMostOnce: boolean;
  readonly #now: () => number;

  constructor(parts: DeliveryParts<T, V>) {
    this.#parts = parts;
    this.#atMostOnce = parts.options.commit === 'before';
    this.#now = () => parts.clock.now();
    if (this.#atMostOnce && parts.handler.batch !== undefined)
      throw new UnsupportedError(
        "A handler of batches can not have commit: 'before'; export a default function.",
      );
  }

  async run(): Promise<void> {
    const { member, handler } = this.#parts;
    for (;;) {
      const assignment = await member.next();
      if (assignment === undefined) return;
      if (handler.batch === undefined) await this.#each(assignment);
      else await this.#whole(assignment);
    }
  }

  async #each(assignment: Assignment<T, V>): Promise<void> {
    const { context, group, handler, member } = this.#parts;
    for (const record of assignment.batch ?? []) {
      const shown = this.#atMostOnce ? keep(record) : record;
      if (this.#atMostOnce) assignment.commitBefore(); // From here on the record may be written over.
      assignment.message.show(shown);
      const { meter } = assignment;
      const sentAt = meter === undefined ? 0 : shown.timestamp; // Once it is acknowledged, the record may be written over.
      const hopeless = shown.isExpired(this.#now) ? expired(assignment) : killerOf(assignment, this.#parts);
      const outcome = hopeless ?? callHandler(assignment, handler, context, group.name);
      const failure = outcome instanceof Promise ? await outcome : outcome; // Awaiting what is no promise would cost a turn.
      if (failure === undefined) meter?.record(sentAt);
      else if (!(await this.#settle(assignment, failure))) return;
      if (outcome instanceof Promise && member.isRebalancing) break;
    }
    assignment.finish();
  }

  /** Whether the batch can go on behind the failed message. */
  async #settle(assignment: Assignment<T, V>, failure: Failure): Promise<boolean> {
    const { clock, deadLetter, retry } = this.#parts;
    const decision = decide(failure, { retry, deadLetter: deadLetter?.name, random: clock.random });
    if (decision === 'dead') {
      await giveUp(assignment.message, failure, this.#parts);
      return true;
    }
    if (decision === 'fail') {
      if (this.#atMostOnce) assignment.finish();
      else assignment.giveBack(0, 0);
      throw errorOf(failure);
    }
    if (this.#atMostOnce) return true; // Given back, and committed: nobody gets it again.
    assignment.giveBack(decision.retryAfterMs, clock.now());
    return false;
  }

  async #whole(assignment: Assignment<T, V>): Promise<void> {
    const { context, deadLetter, group, handler, retry } = this.#parts;
    const batch = new MessageBatch(group.topic.name, assignment, this.#now);
    try {
      await handler.batch?.(batch, context);
    } catch (error) {
      if (assignment.isCareful) {
        if (await this.#settle(assignment, failureOf(assignment, { error }))) assignment.finish(true);
        return;
      }
      assignment.giveBackAll();
      if (retry === undefined && deadLetter === undefined) throw error;
      return;
    }
    batch.close();
  }
}
