import { getEnvironmentData } from 'node:worker_threads';
import { type Item, type Scored, score, WORK_US } from './work.ts';

/** The module that pools load whose handler is a default export. */
const workUs = getEnvironmentData(WORK_US) as number;

export default function handle(item: Item): Scored;
export default function handle(items: Item[]): Scored[];
export default function handle(item: Item | Item[]): Scored | Scored[] {
  return Array.isArray(item) ? item.map((one) => score(one, workUs)) : score(item, workUs);
}
