import { readFileSync, readlinkSync } from 'node:fs';

/**
 * How long a thread could have run and did not, because the machine had other threads to run: Linux counts that for each.
 * A delay that is as long as what a thread was waited for says nothing about a ring.
 */

/** The name of the calling thread; `undefined` where the system does not tell. @returns {string | undefined} */
export function ownTask() {
  try {
    return readlinkSync('/proc/thread-self');
  } catch {
    return undefined;
  }
}

/** Milliseconds since the thread began; 0 when it has ended, or nobody knows. @param {string | undefined} task */
export function delayOf(task) {
  if (task === undefined) return 0;
  try {
    return Number(readFileSync(`/proc/${task}/schedstat`, 'utf8').split(' ')[1]) / 1e6;
  } catch {
    return 0;
  }
}
