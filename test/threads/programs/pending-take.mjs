import { Worker } from 'node:worker_threads';
import { f64, spsc } from 'millrace/ring';

/** Nothing but the pending take keeps this process alive: the worker is unref'd, and writes after a while. */
const ring = spsc(f64);
const worker = new Worker(new URL('./late-writer.mjs', import.meta.url), { workerData: ring.handle });
worker.unref();
console.log(await ring.reader.take());
