import { setTimeout as sleep } from 'node:timers/promises';
import { workerData } from 'node:worker_threads';
import { open } from 'millrace/ring';

await sleep(150);
open(workerData).writer.offer(42);
