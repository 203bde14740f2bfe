import { channel } from 'node:diagnostics_channel';

/**
 * What tracing and metrics libraries can listen to: `diagnostics_channel`s that carry OpenTelemetry's names for messaging. Nothing is
 * built for them while nobody listens.
 *
 * - `millrace.send`: a message was written.
 * - `millrace.process`: a handler has returned, or its promise has settled; with `durationMs`, and `error` if it failed.
 * - `millrace.rebalance`: partitions were given to a member or taken from it.
 * - `millrace.give-up`: a message is not delivered any more, with the `error`, and why: `error`, `death`, `expired`, or what its
 *   handler said.
 * - `millrace.repair`: a thread has ended, and what it left of a topic was put in order; with its number as Node's `threadId`.
 */
const rebalances = channel('millrace.rebalance');
const givenUp = channel('millrace.give-up');
const repairs = channel('millrace.repair');
const sends = channel('millrace.send');
const processes = channel('millrace.process');

/** What a message on a channel says. */
export interface TelemetryEvent {
  readonly attributes: Readonly<Record<string, string | number>>;
  readonly durationMs?: number;
  readonly error?: unknown;
}

const SYSTEM = { 'messaging.system': 'millrace' };

/** @param messages how many, each of which is told of */
export function tellSend(topic: string, partition: number, messages = 1): void {
  if (sends.hasSubscribers) publishSends(topic, partition, messages); // Small enough to be inlined where messages are sent.
}

function publishSends(topic: string, partition: number, messages: number): void {
  const event: TelemetryEvent = {
    attributes: {
      ...SYSTEM,
      'messaging.operation.name': 'send',
      'messaging.operation.type': 'send',
      'messaging.destination.name': topic,
      'messaging.destination.partition.id': String(partition),
    },
  };
  for (let i = 0; i < messages; i++) sends.publish(event);
}

/** Whether anybody listens to how messages are handled: then they are timed. */
export const isTimed = (): boolean => processes.hasSubscribers;

export function tellProcess(
  message: { readonly topic: string; readonly partition: number; readonly offset: number },
  group: string,
  durationMs: number,
  error: unknown,
): void {
  const event: TelemetryEvent = {
    attributes: {
      ...SYSTEM,
      'messaging.operation.name': 'process',
      'messaging.operation.type': 'process',
      'messaging.destination.name': message.topic,
      'messaging.destination.partition.id': String(message.partition),
      'messaging.consumer.group.name': group,
      'messaging.message.id': `${message.partition}:${message.offset}`,
    },
    durationMs,
    ...(error === undefined ? {} : { error }),
  };
  processes.publish(event);
}

/** @param change the numbers of the partitions */
export function tellRebalance(
  topic: string,
  group: string,
  change: { readonly assigned: readonly number[]; readonly revoked: readonly number[] },
): void {
  if (!rebalances.hasSubscribers) return;
  const event: TelemetryEvent = {
    attributes: {
      ...SYSTEM,
      'messaging.destination.name': topic,
      'messaging.consumer.group.name': group,
      'millrace.partitions.assigned': change.assigned.join(','),
      'millrace.partitions.revoked': change.revoked.join(','),
    },
  };
  rebalances.publish(event);
}

export function tellGivenUp(
  message: { readonly topic: string; readonly partition: number; readonly offset: number },
  group: string,
  reason: string,
  error: unknown,
): void {
  if (!givenUp.hasSubscribers) return;
  const event: TelemetryEvent = {
    attributes: {
      ...SYSTEM,
      'messaging.destination.name': message.topic,
      'messaging.destination.partition.id': String(message.partition),
      'messaging.consumer.group.name': group,
      'messaging.message.id': `${message.partition}:${message.offset}`,
      'error.type': reason,
    },
    ...(error === undefined ? {} : { error }),
  };
  givenUp.publish(event);
}

export function tellRepair(topic: string, threadId: number): void {
  if (!repairs.hasSubscribers) return;
  const event: TelemetryEvent = {
    attributes: { ...SYSTEM, 'messaging.destination.name': topic, 'thread.id': threadId },
  };
  repairs.publish(event);
}
