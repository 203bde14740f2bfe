import type { Step, Steps } from './steps.ts';

/**
 * A thread whose processor does not keep the order of plain stores: what is stored between two atomic steps becomes visible to others last
 * first, one step each, before the second of them. The thread itself sees what it has stored. An atomic step keeps the order of what
 * comes before it and what comes after it. Of all orders that a processor may choose this is one, the one furthest from the text.
 */
export function* reordered(code: Steps<void>): Steps<void> {
  let stored: Step[] = [];
  let answer: unknown;
  for (;;) {
    const { done, value: step } = code.next(answer);
    const own = step?.op === 'get' ? lastOf(stored, step) : undefined;
    if (step?.op === 'set') {
      stored.push(step);
      answer = step.a;
    } else if (own !== undefined) answer = own.a;
    else {
      if (done || step.op !== 'get') stored = yield* shown(stored);
      if (done) return;
      answer = yield step;
    }
  }
}

/** What a thread has stored last in the place that it reads. */
const lastOf = (stored: readonly Step[], { words, index }: Step): Step | undefined =>
  stored.findLast((each) => each.words === words && each.index === index);

/** Of several stores in one place, the last one is what others see in the end. */
function* shown(stored: readonly Step[]): Steps<Step[]> {
  for (const step of stored.toReversed()) if (lastOf(stored, step) === step) yield step;
  return [];
}
