import type { Stage } from './stage.ts';

/** A stage that holds up what is before it. */
export interface Slow {
  readonly stage: string;
  /** Milliseconds for which what it has not read has filled its lanes. */
  readonly forMs: number;
  /** Records given to it and not done. */
  readonly waiting: number;
}

export interface SlowOptions {
  readonly slowAfter: number | undefined;
  readonly onSlow: ((slow: Slow) => void) | undefined;
}

/** What of a stage is looked at. */
export interface Backlog {
  /** Whether a thread's lanes are as full as they get. */
  isFull(): boolean;
  waiting(): number;
}

/** Looks from time to time how much waits before a stage; told once for every time that it was full for long. Call the answer to end it. */
export function watchSlowness(
  stage: Stage,
  backlog: Backlog,
  { slowAfter, onSlow }: SlowOptions,
): () => void {
  if (slowAfter === undefined || onSlow === undefined) return () => {};
  let since: number | undefined;
  let told = false;
  const look = () => {
    const at = performance.now();
    if (!stage.isReady || stage.isPaused || stage.ended || !backlog.isFull()) {
      since = undefined;
      told = false;
      return;
    }
    since ??= at;
    if (told || at - since < slowAfter) return;
    told = true;
    onSlow({ stage: stage.name, forMs: at - since, waiting: backlog.waiting() });
  };
  const timer = setInterval(look, slowAfter / 8);
  return () => clearInterval(timer);
}
