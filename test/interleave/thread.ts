import type { ModelPromise } from './event-loop.ts';
import { NO_WORDS, type Step, type Steps } from './steps.ts';

/** A logical thread: its code, the step it is about to take, and what it has seen. */
export class Thread {
  readonly code: Steps<void>;
  state: 'ready' | 'asleep' | 'ended' | 'dead' = 'ready';
  next: Step = NOTHING;
  /** Milliseconds of its own time, which only its time-outs move on. */
  now = 0;
  deadline = 0;
  /** Address slept on. */
  bell = -1;
  /** Promises of `waitAsync` by their addresses, and those notified whose turn has not come. */
  readonly listening = new Map<number, ModelPromise>();
  readonly inbox: ModelPromise[] = [];
  /** Words looked at since it last rested, with the number of their changes when it first did. */
  readonly looked = new Map<number, number>();
  /** The step at which it died. */
  diedAt = -1;
  hashA = 0;
  hashB = 0;

  constructor(code: Steps<void>) {
    this.code = code;
  }

  /** What the thread has seen so far, as a hash: its own state follows from it. */
  saw(result: unknown): void {
    const value = typeof result === 'number' ? result : typeof result === 'string' ? result.length : 77;
    this.hashA = Math.imul(this.hashA ^ value, 0x01000193) + 0x9e37;
    this.hashB = Math.imul(this.hashB + value, 0x85ebca6b) ^ (this.hashB >>> 13);
  }

  /** Until when its step waits; Infinity for a step that does not, or without an end. */
  get waitsUntil(): number {
    const { op, a = Number.POSITIVE_INFINITY, b = Number.POSITIVE_INFINITY } = this.next;
    if (this.state === 'asleep') return this.deadline;
    if (op === 'wait') return this.now + b;
    const until = op === 'rest' || op === 'idle' ? a : Number.POSITIVE_INFINITY;
    return until - this.now > FAR_MS ? Number.POSITIVE_INFINITY : until;
  }
}

/** Timers that only keep an event loop alive are further away than this. */
const FAR_MS = 1e8;

const NOTHING: Step = { op: 'load', words: NO_WORDS, index: 0, site: -1 };
