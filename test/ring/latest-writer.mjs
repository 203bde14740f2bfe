import { workerData } from 'node:worker_threads';
import { openLatest } from 'millrace/ring';

const cell = openLatest(workerData.handle);
const end = performance.now() + workerData.ms;
for (let i = 1; performance.now() < end; i++) cell.set({ a: i, b: -i, text: String(i) });
cell.set({ a: 0, b: 0, text: 'end' });
