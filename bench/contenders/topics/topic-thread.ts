import { getEnvironmentData } from 'node:worker_threads';
import type { Message } from 'millrace';
import { tick } from '../../payloads/tick.ts';
import { type Tally, type Verifier, verifierOfMany } from '../../payloads/verify.ts';
import { nowMs } from '../../run/clock.ts';
import type { Consumed } from '../contender.ts';
import { PRODUCERS } from './topic-producers.ts';

/** What a consumer thread of a topic runs: it looks at every message. Order is promised within a partition only. */
const producers = getEnvironmentData(PRODUCERS) as number;
const partitions = new Map<number, Verifier>();

export default function look({ partition, value }: Message<unknown>): void {
  verifierOf(partition).see(value);
}

function verifierOf(partition: number): Verifier {
  let verifier = partitions.get(partition);
  if (verifier === undefined) {
    verifier = verifierOfMany(tick, producers) as Verifier;
    partitions.set(partition, verifier);
  }
  return verifier;
}

/** Ends with the partitions added up. */
export function close(): Consumed {
  return {
    endedAtMs: nowMs(),
    tally: [...partitions.values()].map((verifier) => verifier.tally()).reduce(sum, nothing()),
  };
}

const nothing = (): Tally => ({
  count: new Array<number>(producers).fill(0),
  sum: new Array<number>(producers).fill(0),
  xor: new Array<number>(producers).fill(0),
});

function sum(a: Tally, b: Tally): Tally {
  const fault = a.fault ?? b.fault;
  const both = {
    count: a.count.map((count, producer) => count + (b.count[producer] ?? 0)),
    sum: a.sum.map((all, producer) => (all + (b.sum[producer] ?? 0)) | 0),
    xor: a.xor.map((all, producer) => all ^ (b.xor[producer] ?? 0)),
  };
  return fault === undefined ? both : { ...both, fault };
}
