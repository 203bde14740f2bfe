import { priority } from 'millrace/ring';
import { contract } from './contract.ts';
import { type Any, flavours, type RingMaker, subjects } from './subject.ts';

/** One level of a priority ring keeps what every ring promises; the other one stays empty. */
const create: RingMaker = (codec, options) => priority(codec, { ...options, levels: 2, guard: 1 }) as Any;

for (const flavour of flavours) {
  contract(
    `priority of ${flavour.name}`,
    subjects(create, flavour, (ring) => ring.reader),
  );
}
