import { OptionError } from '../../ring/index.ts';
import { type RetryOptions, retryPolicy } from '../delivery/retry-policy.ts';
import { type RateOptions, TokenBucket } from '../delivery/token-bucket.ts';
import type { Position } from '../topic/position.ts';
import type { AssignorName } from './assignor.ts';
import type { WatchOptions } from './group-watch.ts';

export interface ConsumeOptions extends WatchOptions {
  /** The group's name. Every group reads every message; within a group, one member reads each partition. */
  readonly group: string;
  /** Threads for a handler module. Default 1. */
  readonly threads?: number;
  /**
   * Where a new group begins: with the oldest message there is (`earliest`, the default), with what is sent from now on (`latest`), at an
   * offset or a time. A group that is there already goes on where it was.
   */
  readonly from?: Position;
  /**
   * When the group's cursor moves: `auto` (the default), behind each batch that was handled; `manual`, by `ack()` of messages
   * or batches only; `before`, before each message is handled: what is in hand when a thread dies is not delivered again, so every
   * message is handled once at most. For handlers of one message at a time, with `ordering: 'partition'` and without `retry`.
   */
  readonly commit?: 'auto' | 'manual' | 'before';
  /**
   * `partition` (the default): one member reads a partition, in order. `key`: one member reads a partition, with up to
   * `concurrency` messages at a time, and those of a key in order, one at a time. `none`: all members share all partitions,
   * so that there may be more members than partitions; each message is leased to one of them, and acknowledged by itself.
   */
  readonly ordering?: 'partition' | 'key' | 'none';
  /** Messages that a member may have with handlers at a time, with `ordering` `key` (default 16) or `none` (default 1). */
  readonly concurrency?: number;
  /**
   * Milliseconds for which a message is leased to a member, with `ordering: 'none'`: then it is given to another one, unless
   * the handler has asked for more by `extend`. Default 30,000.
   */
  readonly lease?: number;
  /**
   * Messages taken at a time. Default 1024; with `ordering: 'none'` 64. With `ordering: 'key'`, messages read ahead and not done in a
   * partition: default all that it holds, so that a key with many messages does not keep the others from being seen.
   */
  readonly prefetch?: number;
  /**
   * Milliseconds that a thread of a handler module sleeps off its partitions after it has found a stream there, but few messages of
   * it, so that a batch builds up: it costs less for each message, and each waits that much longer at most. Default 0.2; 0 for never.
   * Messages that come alone are not delayed. With `ordering: 'partition'` only.
   */
  readonly linger?: number;
  /** How many messages the members of the group take in a second, all threads together. All members give the same. */
  readonly rate?: RateOptions;
  /** What becomes of messages that are over their time to live: `drop` (the default), or `deadLetter`. They are counted. */
  readonly expired?: 'drop' | 'deadLetter';
  /** Who reads which partition. Default `sticky`. */
  readonly assignor?: AssignorName;
  /** A name that stays the same when a member is started again: it gets back the partitions it had. Not with `threads` above 1. */
  readonly memberId?: string;
  /** Without it, a consumer fails when its handler throws. */
  readonly retry?: RetryOptions;
  /** The topic that takes messages for which `retry` is exhausted. It carries the same codec. */
  readonly deadLetter?: string;
  /** Ends the consumer, as `close()` does. */
  readonly signal?: AbortSignal;
}

/** The options that travel to a consumer's threads. */
export type ThreadOptions = Omit<ConsumeOptions, 'signal' | 'threads'>;

/** How many messages a batch may have, or with `ordering: 'key'` how many may be read ahead. */
export function prefetchOf(
  { ordering, prefetch }: ThreadOptions,
  group: { readonly topic: { readonly logs: readonly { readonly capacity: number }[] } },
): number {
  return prefetch ?? (ordering === 'key' ? (group.topic.logs[0]?.capacity ?? PREFETCH) : PREFETCH);
}

const PREFETCH = 1024;

/** How long a consumer's own thread may be blocked so that batches build up. */
export function lingerOf({ linger = LINGER_MS, ordering }: ThreadOptions): number {
  return ordering === 'key' ? 0 : linger; // There, handlers that are under way would wait, too.
}

const LINGER_MS = 0.2;
/** A thread that is blocked hears nothing else. */
const LINGER_MAX_MS = 100;

function checkBefore({ commit, ordering = 'partition', retry }: ConsumeOptions): void {
  if (commit !== 'before' || (ordering === 'partition' && retry === undefined)) return;
  throw new OptionError(
    'commit',
    "commit: 'before' is for ordering: 'partition' without retry: a message is delivered once at most, so it can't be retried.",
  );
}

export function checkConsumeOptions(options: ConsumeOptions): void {
  const { prefetch, retry, linger = 0, threads = 1, memberId } = options;
  checkBefore(options);
  if (options.rate !== undefined) new TokenBucket(new Int32Array(1), 0, options.rate);
  if (options.expired === 'deadLetter' && options.deadLetter === undefined)
    throw new OptionError('expired', "expired: 'deadLetter' needs the name of a topic: { deadLetter }.");
  if (prefetch !== undefined) checkWhole('prefetch', prefetch, 1);
  if (!(linger >= 0 && linger <= LINGER_MAX_MS))
    throw new OptionError('linger', `linger must be milliseconds from 0 to ${LINGER_MAX_MS}, got ${linger}.`);
  if (options.concurrency !== undefined) checkWhole('concurrency', options.concurrency, 1);
  if (options.lease !== undefined) checkWhole('lease', options.lease, 1);
  if (options.lagAbove !== undefined) checkWhole('lagAbove', options.lagAbove, 0);
  if (options.stallAfter !== undefined) checkWhole('stallAfter', options.stallAfter, 1);
  if (retry !== undefined) retryPolicy(retry);
  if (memberId !== undefined && threads > 1) {
    throw new OptionError(
      'memberId',
      'A memberId names one member: start one consumer for each, with threads: 1.',
    );
  }
}

export function checkWhole(name: string, value: number, least: number): void {
  if (Number.isInteger(value) && value >= least) return;
  throw new OptionError(name, `${name} must be a whole number from ${least}, got ${value}.`);
}
