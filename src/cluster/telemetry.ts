import { channel } from 'node:diagnostics_channel';

/**
 * What tracing and metrics libraries can listen to: `diagnostics_channel`s that carry OpenTelemetry's names for messaging. Nothing is
 * built for them while nobody listens.
 *
 * - `millrace.send`: a message was written.
 * - `millrace.process`: a handler has returned, or its promise has settled; with `durationMs`, and `error` if it failed.
 */
const sends = channel('millrace.send');
const processes = channel('millrace.process');

/** What a message on a channel says. */
export interface TelemetryEvent {
  readonly attributes: Readonly<Record<string, string | number>>;
  readonly durationMs?: number;
  readonly error?: unknown;
}

const SYSTEM = { 'messaging.system': 'millrace' };

export function tellSend(topic: string, partition: number): void {
  if (!sends.hasSubscribers) return;
  const event: TelemetryEvent = {
    attributes: {
      ...SYSTEM,
      'messaging.operation.name': 'send',
      'messaging.operation.type': 'send',
      'messaging.destination.name': topic,
      'messaging.destination.partition.id': String(partition),
    },
  };
  sends.publish(event);
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
