/** Milliseconds of a clock that all threads share and that never goes back. `performance.now` has its own zero in each. */
export const nowMs = (): number => Number(process.hrtime.bigint()) / 1e6;
