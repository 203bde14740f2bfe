/** Milliseconds, from a clock that is the same in all threads, which `performance.now()` is not. */
export function now() {
  return Number(process.hrtime.bigint()) / 1e6;
}
