import { setTimeout as sleep } from 'node:timers/promises';

let handled = 0;

/** @param {number} _value @param {import('millrace/workers').HandlerContext} context */
export default async function handle(_value, { signal }) {
  await sleep(20);
  handled++;
  if (signal.aborted) handled += 0.5;
}

export const close = () => handled;
