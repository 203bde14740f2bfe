import type { Patience, Self } from './self.ts';
import type { Steps } from './steps.ts';

/** Which ends are waited for. */
type End = 'reader' | 'writer';
type Select = (ends: readonly unknown[], options: object) => Steps<unknown>;

const selectOf = (self: Self, name: string): Select =>
  self.world.exportOf(self.index, './select.js', name) as Select;

/** This thread's ends of the ring, and of the second one where there are two. */
const endsOf = (self: Self, end: End): unknown[] =>
  self.world.lanes > 1 ? [self[end], self.second[end]] : [self[end]];

const ringOf = (self: Self, end: End, found: unknown): Self => (found === self[end] ? self : self.second);

/** Waits for one ring or two, and answers with the thread as it works with the one that was found. */
export function* selects(self: Self, how: Patience = {}): Steps<Self | undefined> {
  const select = selectOf(self, 'select');
  const answer = yield* self.awaited((options) => select(endsOf(self, 'reader'), options), how);
  if (answer.kind !== 'done') return undefined;
  if (answer.value === undefined) self.fail('Nothing was selected.');
  return ringOf(self, 'reader', answer.value);
}

/** As `selects`, blocking the thread. */
export function* selectsSync(self: Self, timeout?: number, end: End = 'reader'): Steps<Self | undefined> {
  const options = timeout === undefined ? {} : { timeout };
  const found = yield* selectOf(self, 'selectSync')(endsOf(self, end), options);
  if (found !== undefined) return ringOf(self, end, found);
  if (timeout === undefined) self.fail('Nothing was selected, and no time is over.');
  return undefined;
}

/** Waits for this ring alone, and takes a message. */
export function* selectsAlone(self: Self): Steps<void> {
  const select = selectOf(self, 'select');
  const answer = yield* self.awaited((options) => select([self.reader], options), {});
  if (answer.value !== self.reader) self.fail('Nothing was selected.');
  yield* self.poll();
}
