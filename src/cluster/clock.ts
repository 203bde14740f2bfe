/** What runs later, until it is cancelled. */
export interface Timer {
  cancel(): void;
}

/** Where the cluster's time and chance come from: passed in, so that a test can drive them. */
export interface Clock {
  /** Milliseconds since 1970. */
  now(): number;
  /** Milliseconds since some moment, which is the same for all threads of the process; never goes back. */
  elapsed(): number;
  /** A number in [0, 1). */
  random(): number;
  /** Calls back once, `ms` milliseconds from now or a little later. A pending timer does not keep the process alive. */
  after(ms: number, call: () => void): Timer;
  /** Resolves when this thread's event loop has had its turn. */
  turn(): Promise<void>;
}

/**
 * What `performance.now()`, which begins anew in each thread, is behind the clock that all threads share. Between two looks a thread may be
 * interrupted, which makes the difference too small: the greatest is the truest.
 */
const THREAD_BEGAN_MS = Math.max(
  ...Array.from({ length: 8 }, () => {
    const [seconds, nanoseconds] = process.hrtime();
    return seconds * 1000 + nanoseconds / 1e6 - performance.now();
  }),
);

/** The time of the machine. */
export const systemClock: Clock = {
  now: () => Date.now(),
  elapsed: () => performance.now() + THREAD_BEGAN_MS,
  random: () => Math.random(),
  after: (ms, call) => {
    const timer = setTimeout(call, Math.min(ms, LONGEST_MS));
    timer.unref();
    return { cancel: () => clearTimeout(timer) };
  },
  turn: () => new Promise((resolve) => setImmediate(resolve)),
};

const LONGEST_MS = 2 ** 31 - 1;
