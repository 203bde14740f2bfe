/** What runs later, until it is cancelled. */
export interface Timer {
  cancel(): void;
}

/** Where the cluster's time comes from: passed in, so that a test can drive it. */
export interface Clock {
  /** Milliseconds since 1970. */
  now(): number;
  /** Calls back once, `ms` milliseconds from now or a little later. A pending timer does not keep the process alive. */
  after(ms: number, call: () => void): Timer;
}

/** The time of the machine. */
export const systemClock: Clock = {
  now: () => Date.now(),
  after: (ms, call) => {
    const timer = setTimeout(call, Math.min(ms, LONGEST_MS));
    timer.unref();
    return { cancel: () => clearTimeout(timer) };
  },
};

const LONGEST_MS = 2 ** 31 - 1;
