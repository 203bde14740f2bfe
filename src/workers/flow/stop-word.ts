import type { StopControl } from '../consume.ts';

/**
 * The signal of a thread, aborted when everything is to stop: by a message, so that its event fires, and by a word
 * in shared memory, so that a handler in a busy loop sees it too when it looks at `signal.aborted`.
 */
export function signalOf(control: StopControl, stop: SharedArrayBuffer): AbortSignal {
  const word = new Int32Array(stop);
  const { signal } = control;
  const prototype = Object.getPrototypeOf(signal) as AbortSignal;
  const told = Object.getOwnPropertyDescriptor(prototype, 'aborted')?.get as () => boolean;
  Object.defineProperty(signal, 'aborted', {
    configurable: true,
    get: () => {
      if (Atomics.load(word, 0) !== 0 && !told.call(signal)) control.stop('stop');
      return told.call(signal);
    },
  });
  return signal;
}
