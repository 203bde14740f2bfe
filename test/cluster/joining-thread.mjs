import { parentPort, workerData } from 'node:worker_threads';
import { NameTable } from '../../dist/cluster/topic/name-table.js';

/** @type {{ buffers: SharedArrayBuffer[], gate: Int32Array }} */
const { buffers, gate } = workerData;
const tables = buffers.map((buffer) => new NameTable(buffer, 'group'));
const numbers = tables.map((table, i) => {
  Atomics.add(gate, i, 1);
  while (Atomics.load(gate, i) < 2); // both threads join the same table at the same moment
  return table.join('billing');
});
parentPort?.postMessage(numbers);
