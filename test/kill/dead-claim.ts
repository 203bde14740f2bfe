import { Worker } from 'node:worker_threads';
import type { Ring } from 'millrace/ring';
import { readLayout } from '../../dist/ring/layout.js';
import { CLAIMED, LAP_SHIFT, MANY, OWNER_SHIFT } from '../../dist/ring/mpmc/turn.js';
import { seatOf } from './unfinished.mjs';

/**
 * Leaves in a ring with turns what a writer leaves that is killed right after its claim: the turn word at the ring's next
 * sequence, which must be `sequence`, names a seat whose thread has ended. Returns that thread's number, for `repair`.
 */
export async function leaveDeadClaim(ring: Ring<unknown>, sequence: number): Promise<number> {
  const fixture = new URL('../contract/role-thread.mjs', import.meta.url);
  const worker = new Worker(fixture, { workerData: { handle: ring.handle, end: 'writer' } });
  const { threadId } = worker;
  await new Promise((resolve) => worker.once('message', resolve));
  await worker.terminate();
  claim(ring, sequence, seatOf(ring.handle, threadId));
  return threadId;
}

/** Claims the slot at `sequence` for a seat, without ever publishing it. */
function claim({ handle }: Ring<unknown>, sequence: number, seat: number): void {
  const { turns, slots, slotBits } = readLayout(handle.buffer);
  const word = ((sequence >>> slotBits) << LAP_SHIFT) | (seat << OWNER_SHIFT) | CLAIMED;
  if ((word & MANY) !== 0) throw new Error('A claim of one slot has no MANY flag.');
  Atomics.store(new Int32Array(handle.buffer), turns + (sequence & (slots - 1)), word);
}
