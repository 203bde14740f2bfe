import { threadId } from 'node:worker_threads';
import { MessageTooLargeError } from '../../ring/index.ts';
import { type HandlerContext, type HandlerModule, ThreadDiedError } from '../../workers/index.ts';
import { type DeadLetterInfo, deadLetterHeaders, describeFailure, inShort } from '../delivery/dead-letter.ts';
import { isTimed, tellGivenUp, tellProcess } from '../telemetry.ts';
import type { Message } from '../topic/message.ts';
import type { Topic } from '../topic/topic.ts';
import type { ThreadOptions } from './consume-options.ts';
import { EXPIRED, type Failure } from './failure.ts';
import type { Group } from './group.ts';
import { DEAD, EXPIRED as EXPIRED_COUNT } from './group-memory.ts';
import type { Tally } from './tally.ts';

/** A message that is with a handler, however it came there. */
export interface InHand<T, V> {
  readonly message: Message<T, V>;
  readonly attempt: number;
  readonly deaths: number;
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
    return failureOf(inHand, { error });
  }
  return inHand.verdict === undefined ? undefined : takeVerdict(inHand);
}

async function settled<T, V>(inHand: InHand<T, V>, result: Promise<unknown>): Promise<Failure | undefined> {
  try {
    await result;
  } catch (error) {
    return failureOf(inHand, { error });
  }
  return takeVerdict(inHand);
}

function takeVerdict<T, V>(inHand: InHand<T, V>): Failure | undefined {
  const { verdict } = inHand;
  inHand.verdict = undefined;
  return verdict === 'ack' ? undefined : verdict;
}

/** What became of a message that is with a handler. */
export function failureOf(
  { attempt, deaths }: { readonly attempt: number; readonly deaths: number },
  what: Omit<Failure, 'attempt' | 'deaths'>,
): Failure {
  return { attempt, deaths, ...what };
}

/** Gives a message up: sends it to the dead-letter topic, if there is one and it is to go there. */
export async function giveUp<T, V>(
  message: Message<T, V>,
  failure: Failure,
  { deadLetter, group, options, tally }: GiveUpParts<T, V>,
): Promise<void> {
  const isExpired = failure.reason === EXPIRED;
  tellGivenUp(message, group.name, failure.reason ?? 'error', failure.error);
  if (deadLetter !== undefined && (!isExpired || options.expired === 'deadLetter'))
    await bury(message, group.name, failure, deadLetter);
  tally.count(isExpired ? EXPIRED_COUNT : DEAD, message.partition, 1);
}

export interface GiveUpParts<T, V> {
  readonly group: Group<T, V>;
  readonly options: ThreadOptions;
  readonly deadLetter: Topic<T, V> | undefined;
  readonly tally: Tally;
}

/** Sends a message that is given up to the dead-letter topic, with its past in its headers: in short, where all of it has no room there. */
async function bury<T, V>(
  message: Message<T, V>,
  group: string,
  failure: Failure,
  deadLetter: Topic<T, V>,
): Promise<void> {
  const { topic, partition, offset, value, key, headers } = message.copy();
  const letter: DeadLetterInfo = {
    topic,
    partition,
    offset,
    group,
    reason: failure.reason ?? 'error',
    ...(failure.error === undefined ? {} : describeFailure(failure.error)),
    attempts: failure.attempt,
    deaths: failure.deaths,
    thread: threadId,
    at: deadLetter.clock.now(),
  };
  const send = (past: DeadLetterInfo) =>
    deadLetter.send(value, {
      headers: deadLetterHeaders(past, headers),
      ...(key === undefined ? {} : { key }),
    });
  try {
    await send(letter);
  } catch (error) {
    if (!(error instanceof MessageTooLargeError)) throw error;
    await send(inShort(letter));
  }
}

/** What the consumer fails with when nobody has said what to do about a failure. */
export function errorOf({ error, reason, deaths }: Failure): unknown {
  if (error !== undefined) return error;
  if (reason === 'death') return new ThreadDiedError(`${deaths} threads died with this message in hand.`);
  return new Error(reason ?? 'The message was given back too often.');
}
