import type { Batches } from './ends.ts';
import { setting } from './instance.ts';
import { slotsOf } from './probes.ts';
import { type Self, Thrown } from './self.ts';
import { maybe, type Steps } from './steps.ts';

const SLOT_BYTES = 8;

/** What the callback of `fill` does instead of setting a message, by the message's number: then none is written. */
interface Mishaps {
  readonly throwAt?: number;
  readonly unsetAt?: number;
  /** It writes to the same ring, which must be refused. */
  readonly writesAt?: number;
}

/** Lets `fill` write messages. */
export function* fills(
  self: Self,
  values: readonly number[],
  { throwAt, unsetAt, writesAt }: Mishaps = {},
): Steps<void> {
  const call = self.began('write', { values });
  const write = function* (slot: { set(value: number): unknown }, i: number) {
    if (i === throwAt) throw new Thrown();
    if (i === writesAt) yield* isRefused(self, self.writer.offer(NOT_A_MESSAGE), 'MILLRACE_NESTED_WRITE');
    if (i !== unsetAt) yield* maybe(slot.set(values[i] as number));
  };
  try {
    const answer = yield* self.unlessEnded(self.writer.fill(values.length, write));
    self.wrote(call, values, answer ?? -1);
  } catch (error) {
    if (!(error instanceof Thrown) && (error as { code?: string }).code !== 'MILLRACE_OPTION') throw error;
    self.world.returned(call, []);
  }
}

/** Makes a call that must be refused with this code. */
function* isRefused(self: Self, call: Steps<unknown>, code: string): Steps<void> {
  try {
    yield* call;
  } catch (error) {
    if ((error as { code?: string }).code === code) return;
    throw error;
  }
  self.fail(`A call was accepted that should have been refused (${code}).`);
}

/** Publishes a claim within which, and after which, other calls must be refused. */
export function* claimsAlone(self: Self, value: number): Steps<void> {
  const call = self.began('write', { values: [value] });
  const claim = yield* self.writer.claim(SLOT_BYTES);
  if (claim === undefined) return self.wrote(call, [value], 0);
  yield* writeWords(self, claim.bytes, value);
  yield* isRefused(self, self.writer.offer(NOT_A_MESSAGE), 'MILLRACE_NESTED_WRITE');
  self.wrote(call, [value], Number(yield* claim.publish()));
  yield* isRefused(self, claim.publish(), 'MILLRACE_OPTION');
}

/** Claims room for a message, of `slots` slots, and publishes the message in it; without one it gives the room back. */
export function* claims(self: Self, slots: number, value?: number): Steps<boolean> {
  const values = value === undefined ? [] : [value];
  const call = self.began('write', { values });
  const claim = yield* self.unlessEnded(self.writer.claim(slots * SLOT_BYTES));
  const needed = value !== undefined && self.world.setup.variable ? slotsOf(value) : slots;
  if (claim === undefined) {
    // "Full" is said for what was claimed, which may be more than the message.
    if (needed === slots) self.wrote(call, values, 0);
    else self.world.returned(call, []);
    return false;
  }
  const length = needed * SLOT_BYTES;
  yield* writeWords(self, claim.bytes.subarray(0, length), value ?? NOT_A_MESSAGE);
  const answer = value === undefined ? false : yield* self.unlessEnded(claim.publish(length));
  if (answer === false) yield* maybe(claim.abort());
  self.wrote(call, values, answer === undefined ? -1 : Number(answer));
  return answer === true;
}

/** What is written into room that is given back. */
const NOT_A_MESSAGE = 99_991;

function* writeWords(self: Self, bytes: Uint8Array, value: number): Steps<void> {
  const words = new Int32Array(bytes.buffer);
  const from = bytes.byteOffset >> 2;
  for (let i = 0; i < bytes.length >> 2; i++) yield* setting(self.world.kernel, words, from + i, value);
}

/** `for await` over the batches, leaving the loop after `most` messages. A batch is read until the loop asks for the next. */
export function* iterates(self: Self, most = Number.POSITIVE_INFINITY): Steps<void> {
  const batches = (yield* maybe(self.reader[Symbol.asyncIterator]())) as Batches;
  let endBefore = () => {};
  for (let left = most; left > 0; ) {
    const call = self.began('read', { reads: Number.POSITIVE_INFINITY });
    const { kind, value } = yield* self.awaited(() => batches.next(), {});
    endBefore();
    if (kind === 'closed' || value?.done) return self.read(call, [], true);
    const values = yield* viewed(value?.value, left);
    left -= values.length;
    endBefore = () => self.read(call, values, false);
  }
  yield* maybe(batches.return());
  endBefore();
}

/** At most `most` messages of a batch. */
function* viewed(batch: { [Symbol.iterator](): unknown } | undefined, most: number): Steps<number[]> {
  const views = (yield* maybe(batch?.[Symbol.iterator]())) as { next(): unknown };
  const values: number[] = [];
  while (values.length < most) {
    const next = (yield* maybe(views.next())) as { done?: boolean; value: number };
    if (next.done) break;
    values.push(next.value);
  }
  return values;
}
