import { parentPort, workerData } from 'node:worker_threads';
import { GroupTable } from '../../dist/cluster/group/group-table.js';

/** @type {{ buffers: SharedArrayBuffer[], gate: Int32Array }} */
const { buffers, gate } = workerData;
const tables = buffers.map((buffer) => new GroupTable(buffer));
const numbers = tables.map((table, i) => {
  Atomics.add(gate, i, 1);
  while (Atomics.load(gate, i) < 2); // both threads join the same table at the same moment
  return table.join('billing');
});
parentPort?.postMessage(numbers);
