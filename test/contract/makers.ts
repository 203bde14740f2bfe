import { type BroadcastRing, broadcast, mpmc, mpsc, type Ring, spmc, spsc } from 'millrace/ring';
import type { Any, RingMaker } from './subject.ts';

/** Every topology, and the one for all with its core. */
export const makers: Record<string, RingMaker> = {
  spsc,
  mpsc,
  spmc,
  mpmc,
  broadcast,
  'broadcast of one writer': (codec, options) => broadcast(codec, { ...options, writers: 1 }),
  'mpmc with a core': (codec, options) => mpmc(codec, { ...options, core: 'wasm' }),
};

export const readerOf = (ring: Ring<Any>) =>
  ring.topology === 'broadcast'
    ? (ring as BroadcastRing<Any, Any>).subscribe({ from: 'oldest' })
    : ring.reader;
