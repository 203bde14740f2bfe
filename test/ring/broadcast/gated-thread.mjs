import { parentPort, workerData } from 'node:worker_threads';
import { openBroadcast } from 'millrace/ring';

const ring = openBroadcast(workerData.ring);
const reader = ring.subscribe({ from: 'oldest', after: workerData.after });
parentPort?.postMessage('subscribed');
const seen = [];
try {
  for (;;) seen.push(workerData.how === 'take' ? await reader.take() : reader.takeSync());
} catch {
  parentPort?.postMessage(seen);
}
