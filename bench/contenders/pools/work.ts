/** What the threads of a pool do with a record, the same for every pool. */
import { object } from '../../payloads/object.ts';

/** The key in the environment data of all threads under which stands how long the work takes, in microseconds. */
export const WORK_US = 'bench.workUs';

/** About: a step is a multiplication that waits for the one before. */
const STEPS_PER_US = 700;
/** To compute every result again would cost whoever verifies as much as it cost the pool. */
const VERIFIED_EACH = 64;

export interface Item {
  readonly id: number;
  readonly name: string;
  readonly ts: number;
}

export interface Scored {
  readonly id: number;
  readonly score: number;
}

export const itemOf = (sequence: number): Item => object.make(0, sequence);

export function score({ id, name }: Item, workUs: number): Scored {
  let value = id + name.length;
  for (let step = Math.ceil(workUs * STEPS_PER_US); step > 0; step--)
    value = (Math.imul(value, 1664525) + 1013904223) | 0;
  return { id, score: value };
}

/** What is wrong with the result that came back as the one numbered `sequence`. */
export function faultIn(result: unknown, sequence: number, workUs: number): string | undefined {
  const { id, score: value } = result as Scored;
  const right = id === sequence && (id % VERIFIED_EACH !== 0 || value === score(itemOf(id), workUs).score);
  return right ? undefined : `where result ${sequence} was due came ${JSON.stringify(result)}`;
}
