import { setTimeout as sleep } from 'node:timers/promises';

let running = 0;
let most = 0;

/** @param {{ n: number }} record */
export default async function slowly({ n }) {
  running++;
  most = Math.max(most, running);
  await sleep(n % 3);
  running--;
  return { n, most };
}
