import { parentPort } from 'node:worker_threads';
import slow from './slow.mjs';

parentPort?.on('message', (record) => {
  if (record === undefined) process.exit(0);
  slow(record);
});
