import { NOTHING } from './journal.ts';
import type { Stage } from './stage.ts';

/** A handler that has not come to an end for a long time. */
export interface Stall {
  readonly stage: string;
  readonly thread: number;
  /** Milliseconds since the thread was last seen to get on. */
  readonly forMs: number;
  /** Ends the thread. It is replaced, and the record counts as one that killed a thread. */
  cancel(): void;
}

interface StallOptions {
  readonly stallAfter: number | undefined;
  readonly onStall: ((stall: Stall) => void) | undefined;
}

/** Looks at the journals of a stage from time to time; what is in hand changes where a thread gets on. Call the answer to end it. */
export function watchStalls(stage: Stage, { stallAfter, onStall }: StallOptions): () => void {
  if (stallAfter === undefined || onStall === undefined) return () => {};
  const seen = stage.journals.map(() => ({ state: '', since: performance.now(), told: false }));
  const look = () => {
    for (const [thread, journal] of stage.journals.entries()) {
      const last = seen[thread] as (typeof seen)[number];
      const state = `${journal.commits}:${journal.inHand}`;
      const at = performance.now();
      if (state !== last.state || journal.inHand === NOTHING) {
        seen[thread] = { state, since: at, told: false };
      } else if (!last.told && at - last.since >= stallAfter) {
        last.told = true;
        onStall({
          stage: stage.name,
          thread,
          forMs: at - last.since,
          cancel: () => stage.threads.terminate(thread),
        });
      }
    }
  };
  const timer = setInterval(look, stallAfter / 4);
  return () => clearInterval(timer);
}
