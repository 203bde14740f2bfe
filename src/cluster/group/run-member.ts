import type { HandlerContext, HandlerModule, StopControl } from '../../workers/index.ts';
import { retryPolicy } from '../delivery/retry-policy.ts';
import type { Message } from '../topic/message.ts';
import type { Topic } from '../topic/topic.ts';
import { ByKey } from './by-key.ts';
import { prefetchOf, type ThreadOptions } from './consume-options.ts';
import type { Controllable } from './consumer-threads.ts';
import type { Group } from './group.ts';
import { InOrder } from './in-order.ts';
import type { Member } from './member.ts';
import { Shared } from './shared.ts';

/** What a member is started with. */
export interface MemberStart<T, V> {
  readonly group: Group<T, V>;
  readonly handler: HandlerModule<Message<T, V>>;
  readonly context: HandlerContext;
  readonly control: StopControl;
  readonly options: ThreadOptions;
  readonly deadLetter: Topic<T, V> | undefined;
}

const policyOf = ({ retry }: ThreadOptions) => (retry === undefined ? undefined : retryPolicy(retry));

/** A member with partitions of its own and its handler, from `open` to `close`. */
export async function runMember<T, V>(member: Member<T, V>, start: MemberStart<T, V>): Promise<unknown> {
  const { handler, context, options } = start;
  try {
    await handler.open?.(context);
    const { group } = start;
    const parts = { ...start, member, clock: group.topic.clock, retry: policyOf(options), tally: group };
    if (options.ordering === 'key')
      await new ByKey(parts, options.concurrency ?? 16, prefetchOf(options, group)).run();
    else await new InOrder(parts).run();
  } finally {
    member.leave();
  }
  return handler.close?.(context);
}

/** A member that shares all partitions, from `open` to `close`. */
export async function runShared<T, V>(
  start: MemberStart<T, V>,
  started: (member: Controllable) => void,
): Promise<unknown> {
  const { handler, context, options } = start;
  await handler.open?.(context);
  const shared = new Shared({ ...start, clock: start.group.topic.clock, retry: policyOf(options) });
  started(shared);
  try {
    await shared.run();
  } finally {
    shared.leave();
  }
  return handler.close?.(context);
}
