import { threadId } from 'node:worker_threads';

let left = 20 + ((threadId * 7919) % 60);

/** Ends its thread now and then. @param {unknown} value */
export default function fragile(value) {
  if (left-- === 0) process.exit(9);
  return value;
}
