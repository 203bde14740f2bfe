import { type BroadcastRing, broadcast, mpmc, mpsc, type Ring, spmc, spsc } from 'millrace/ring';
import { contract } from './contract.ts';
import { type Any, flavours, type RingMaker, subjects } from './subject.ts';

const makers: Record<string, RingMaker> = { spsc, mpsc, spmc, mpmc, broadcast };
const readerOf = (ring: Ring<Any>) =>
  ring.topology === 'broadcast'
    ? (ring as BroadcastRing<Any, Any>).subscribe({ from: 'oldest' })
    : ring.reader;

for (const [topology, create] of Object.entries(makers)) {
  for (const flavour of flavours)
    contract(`${topology} of ${flavour.name}`, subjects(create, flavour, readerOf));
}
