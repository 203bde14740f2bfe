import { waitAsync } from './atomics.ts';
import { nodeThreadId, startTimer, stopTimer } from './globals.ts';

/**
 * What the rings know of the thread that uses them. There is one of these for each real thread; a simulation has several in
 * one, and decides itself when which of them hears its bell.
 */
export interface Thread {
  /** Its number in every lot. Never 0. */
  readonly token: number;
  /** Calls back once the bell has rung since it was `heard`; `false` when it has rung already. */
  listen(words: Int32Array, bell: number, heard: number, wake: () => void): boolean;
  /** It has rung somebody's bell. */
  rang?(): void;
  startTimer(callback: () => void, delayMs: number): unknown;
  stopTimer(timer: unknown): void;
}

/** This thread: its number is Node's `threadId` plus one, a random number elsewhere. */
const real: Thread = {
  token: (nodeThreadId() ?? Math.floor(Math.random() * 0x3fff_ffff)) + 1,
  listen(words, bell, heard, wake) {
    const result = waitAsync?.(words, bell, heard);
    if (result?.async !== true) return false;
    void result.value.then(wake);
    return true;
  },
  startTimer,
  stopTimer,
};

let current = real;

/** Whose code is running. */
export const currentThread = (): Thread => current;

/** For simulations: what the call opens belongs to that thread from then on. */
export function asThread<R>(thread: Thread, call: () => R): R {
  const before = current;
  current = thread;
  try {
    return call();
  } finally {
    current = before;
  }
}
