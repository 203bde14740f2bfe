import { OptionError } from '../../ring/index.ts';

/**
 * How long a partition keeps messages.
 *
 * - `interest` (the default): until every group has read them; without a group, until there is one.
 * - `workqueue`: the same, and the topic has one group at most: every message is handled once.
 * - limits: after every group has read them, as long as there is room, so that groups can go back and new ones begin with
 *   them. Producers take the room of the oldest when they need it; they never take what a group has not read.
 */
export type Retention = 'interest' | 'workqueue' | RetentionLimits;

export interface RetentionLimits {
  /** Messages that a partition has room for: sets its capacity, if that is not larger. */
  readonly messages?: number;
  /** Bytes that a partition has room for: sets its capacity, if that is not larger. */
  readonly bytes?: number;
  /** Milliseconds: a new group, and a look at the topic, begin with messages that are no older. */
  readonly ms?: number;
}

/** Slots of a partition that is to keep so much, `undefined` when nothing says how many. */
export function capacityFor(
  retention: Retention,
  capacity: number | undefined,
  slotBytes: number,
): number | undefined {
  if (typeof retention === 'string') return capacity;
  const { messages, bytes } = retention;
  check('messages', messages);
  check('bytes', bytes);
  check('ms', retention.ms);
  const wanted = [
    capacity,
    messages,
    bytes === undefined ? undefined : Math.max(1, Math.floor(bytes / slotBytes)),
  ];
  const known = wanted.filter((slots) => slots !== undefined);
  return known.length === 0 ? undefined : Math.max(...known);
}

function check(name: string, value: number | undefined): void {
  if (value === undefined || value > 0) return;
  throw new OptionError(`retention.${name}`, `retention.${name} must be above 0, got ${value}.`);
}

/** Milliseconds since 1970 of the oldest message that a new group begins with; 0 for any. */
export function oldestTime(retention: Retention, nowMs: number): number {
  const ms = typeof retention === 'string' ? undefined : retention.ms;
  return ms === undefined ? 0 : nowMs - ms;
}
