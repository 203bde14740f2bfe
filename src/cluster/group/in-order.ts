import type { HandlerContext, HandlerModule } from '../../workers/index.ts';
import type { Clock } from '../clock.ts';
import type { RetryPolicy } from '../delivery/retry-policy.ts';
import type { Message } from '../topic/message.ts';
import type { Topic } from '../topic/topic.ts';
import type { Assignment } from './assignment.ts';
import { DEATHS_MAX } from './consumer-threads.ts';
import { decide, type Failure } from './failure.ts';
import type { Group } from './group.ts';
import { DEAD } from './group-memory.ts';
import type { Member } from './member.ts';
import { MessageBatch } from './message-batch.ts';
import { bury, callHandler, errorOf } from './settle.ts';

/** What `InOrder` works with. */
export interface DeliveryParts<T, V> {
  readonly group: Group<T, V>;
  readonly member: Member<T, V>;
  readonly handler: HandlerModule<Message<T, V>>;
  readonly context: HandlerContext;
  readonly clock: Clock;
  readonly retry: RetryPolicy | undefined;
  readonly deadLetter: Topic<T, V> | undefined;
}

/**
 * Hands a member's messages to a handler, one after the other, until the member stops. A message whose handler fails is tried
 * again, or given to the dead-letter topic, or ends the consumer; until then nothing behind it in its partition is delivered.
 */
export class InOrder<T, V> {
  readonly #parts: DeliveryParts<T, V>;

  constructor(parts: DeliveryParts<T, V>) {
    this.#parts = parts;
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
      assignment.message.show(record);
      const outcome = this.#kills(assignment)
        ? this.#killer(assignment)
        : callHandler(assignment, handler, context, group.name);
      const failure = outcome instanceof Promise ? await outcome : outcome; // Awaiting what is no promise would cost a turn.
      if (failure !== undefined && !(await this.#settle(assignment, failure))) return;
      if (outcome instanceof Promise && member.isRebalancing) break;
    }
    assignment.finish();
  }

  /** Whether threads have died with this message too often to try it once more. */
  #kills(assignment: Assignment<T, V>): boolean {
    const { deadLetter, retry } = this.#parts;
    if (!assignment.isCareful || deadLetter === undefined) return false;
    return assignment.attempt > (retry?.attempts ?? DEATHS_MAX);
  }

  #killer({ attempt }: Assignment<T, V>): Failure {
    return { attempt: attempt - 1, reason: 'Threads died with this message in hand.' };
  }

  /** Whether the batch can go on behind the failed message. */
  async #settle(assignment: Assignment<T, V>, failure: Failure): Promise<boolean> {
    const { clock, deadLetter, group, retry } = this.#parts;
    const decision = decide(failure, { retry, deadLetter: deadLetter?.name });
    if (decision === 'dead') {
      if (deadLetter !== undefined) await bury(assignment.message, group.name, failure, deadLetter);
      group.count(DEAD, assignment.partition, 1);
      return true;
    }
    if (decision === 'fail') {
      assignment.giveBack(0, 0);
      throw errorOf(failure);
    }
    assignment.giveBack(decision.retryAfterMs, clock.now());
    return false;
  }

  async #whole(assignment: Assignment<T, V>): Promise<void> {
    const { context, deadLetter, group, handler, retry } = this.#parts;
    const batch = new MessageBatch(group.topic.name, assignment);
    try {
      await handler.batch?.(batch, context);
    } catch (error) {
      const failure = { attempt: assignment.attempt, error };
      if (assignment.isCareful) {
        if (await this.#settle(assignment, failure)) assignment.finish(true);
        return;
      }
      assignment.giveBackAll();
      if (retry === undefined && deadLetter === undefined) throw error;
      return;
    }
    batch.close();
  }
}
