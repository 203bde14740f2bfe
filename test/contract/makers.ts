import { type BroadcastRing, broadcast, mpmc, mpsc, type Ring, spmc, spsc } from 'millrace/ring';
import type { Any, RingMaker } from './subject.ts';

/** Every topology. */
export const makers: Record<string, RingMaker> = { spsc, mpsc, spmc, mpmc, broadcast };

export const readerOf = (ring: Ring<Any>) =>
  ring.topology === 'broadcast'
    ? (ring as BroadcastRing<Any, Any>).subscribe({ from: 'oldest' })
    : ring.reader;
