/** Adds up what it gets; the sum is the thread's result. */
let sum = 0;
let opened = 0;

/** @param {import('millrace/workers').HandlerContext} context */
export function open({ thread, threads }) {
  opened = threads * 100 + thread;
}

/** @param {number} value */
export default function add(value) {
  sum += value;
}

export const close = () => ({ sum, opened });
