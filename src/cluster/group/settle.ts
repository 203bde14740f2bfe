import type { HandlerContext, HandlerModule } from '../../workers/index.ts';
import { isTimed, tellProcess } from '../telemetry.ts';
import type { Message } from '../topic/message.ts';
import type { Topic } from '../topic/topic.ts';
import { deadLetterHeaders, type Failure } from './failure.ts';

/** A message that is with a handler, however it came there. */
export interface InHand<T, V> {
  readonly message: Message<T, V>;
  readonly attempt: number;
  /** What the handler said about it, other than by returning or throwing. */
  verdict: 'ack' | Failure | undefined;
}

/** Calls the handler with a message; what went wrong, or `undefined` when the message is done. A promise only if the handler gives one. */
export function callHandler<T, V>(
  inHand: InHand<T, V>,
  handler: HandlerModule<Message<T, V>>,
  context: HandlerContext,
  group: string,
): Failure | undefined | Promise<Failure | undefined> {
  return isTimed() ? timed(inHand, handler, context, group) : call(inHand, handler, context);
}

/** Awaits the handler even when it gives no promise: who listens pays for it. */
async function timed<T, V>(
  inHand: InHand<T, V>,
  handler: HandlerModule<Message<T, V>>,
  context: HandlerContext,
  group: string,
): Promise<Failure | undefined> {
  const began = performance.now();
  const failure = await call(inHand, handler, context);
  tellProcess(inHand.message, group, performance.now() - began, failure?.error ?? failure?.reason);
  return failure;
}

function call<T, V>(
  inHand: InHand<T, V>,
  handler: HandlerModule<Message<T, V>>,
  context: HandlerContext,
): Failure | undefined | Promise<Failure | undefined> {
  try {
    const result = handler.default?.(inHand.message, context);
    if (result instanceof Promise) return settled(inHand, result);
  } catch (error) {
    return { attempt: inHand.attempt, error };
  }
  return inHand.verdict === undefined ? undefined : takeVerdict(inHand);
}

async function settled<T, V>(inHand: InHand<T, V>, result: Promise<unknown>): Promise<Failure | undefined> {
  try {
    await result;
  } catch (error) {
    return { attempt: inHand.attempt, error };
  }
  return takeVerdict(inHand);
}

function takeVerdict<T, V>(inHand: InHand<T, V>): Failure | undefined {
  const { verdict } = inHand;
  inHand.verdict = undefined;
  return verdict === 'ack' ? undefined : verdict;
}

/** Sends a message that is given up to the dead-letter topic, with its past in its headers. */
export async function bury<T, V>(
  message: Message<T, V>,
  group: string,
  failure: Failure,
  deadLetter: Topic<T, V>,
): Promise<void> {
  const { topic, partition, offset, value, key, headers } = message.copy();
  const past = deadLetterHeaders({ topic, partition, offset, group }, failure);
  await deadLetter.send(value, {
    headers: { ...headers, ...past },
    ...(key === undefined ? {} : { key }),
  });
}

/** What the consumer fails with when nobody has said what to do about a failure. */
export function errorOf(failure: Failure): unknown {
  return failure.error ?? new Error(failure.reason ?? 'The message was given back too often.');
}
