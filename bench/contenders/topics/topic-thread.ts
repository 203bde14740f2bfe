import { getEnvironmentData } from 'node:worker_threads';
import type { Message } from 'millrace';
import { tick } from '../../payloads/tick.ts';
import { type Tally, type Verifier, verifierOfMany } from '../../payloads/verify.ts';
import { countIn, TOPIC_TASK, type TopicTask } from './topic-task.ts';

/** What a consumer thread of a topic runs: it looks at every message. Order is promised within a partition only. */
const { producers, seen } = getEnvironmentData(TOPIC_TASK) as unknown as TopicTask;
const tell = countIn(seen);
/** Messages between two times that the count is told. */
const TELL_EACH = 64;
let count = 0;
const partitions = new Map<number, Verifier>();

export default function look({ partition, value }: Message<unknown>): void {
  verifierOf(partition).see(value);
  if (++count % TELL_EACH === 0) tell(count);
}

function verifierOf(partition: number): Verifier {
  let verifier = partitions.get(partition);
  if (verifier === undefined) {
    verifier = verifierOfMany(tick, producers) as Verifier;
    partitions.set(partition, verifier);
  }
  return verifier;
}

/** What was seen of all partitions. */
export function close(): Tally {
  return [...partitions.values()].map((verifier) => verifier.tally()).reduce(sum, nothing());
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
