import { parentPort, workerData } from 'node:worker_threads';
import { Coordinator } from '../../dist/cluster/group/coordinator.js';
import { GroupMemory } from '../../dist/cluster/group/group-memory.js';
import { Membership } from '../../dist/cluster/group/membership.js';

/** Joins, follows the plan for a while and leaves, again and again; counts partitions that two threads own at once. */
const { buffer, claims, partitions, number, rounds } = workerData;
const holders = new Int32Array(claims);
const coordinator = new Coordinator(new GroupMemory(buffer, 0, partitions), () => {});
const dies = rounds > 1e6; // It leaves marks behind, so it does not look for others' marks.
let overlaps = 0;

/** @param {number} partition */
const take = (partition) => {
  if (!dies && Atomics.compareExchange(holders, partition, 0, number) !== 0) overlaps++;
};
/** @param {number} partition */
const give = (partition) => {
  if (!dies) Atomics.store(holders, partition, 0);
};

for (let round = 0; round < rounds; round++) {
  const member = new Membership(coordinator, { number, token: 100 + number }, 'sticky');
  const owned = new Set();
  for (let step = 0; step < 5; step++) {
    const { lost, gained } = member.follow();
    for (const partition of lost) {
      owned.delete(partition);
      give(partition);
      member.release(partition);
    }
    for (const partition of gained.keys()) {
      owned.add(partition);
      take(partition);
    }
  }
  for (const partition of owned) give(partition);
  member.leave();
  member.left();
}
parentPort?.postMessage({ overlaps });
