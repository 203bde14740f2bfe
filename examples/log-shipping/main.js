import { rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { spsc, utf8 } from 'millrace/ring';

/**
 * Log lines go to a file by way of another thread, so that a slow disk never holds up the main one, and none is lost:
 * not at the end, and not when the program fails: before the process exits, this thread waits until the other
 * one, which goes on meanwhile, has written what was logged.
 *
 *   node examples/log-shipping/main.js [file] [lines] [crash]
 */
const [file = join(tmpdir(), 'millrace.log'), count = '10000', crash] = process.argv.slice(2);
rmSync(file, { force: true });
const lines = spsc(utf8(), { capacity: 16_384 });
const worker = new Worker(new URL('./writer.js', import.meta.url), {
  workerData: { lines: lines.handle, file },
});
let writes = true;
worker.on('exit', () => {
  writes = false;
});

/** @param {string} line */
export function log(line) {
  lines.writer.putSync(line); // When the ring is full this waits for the disk: lines are never dropped.
}

/** Lines count as read once they are in the file. */
process.on('exit', () => {
  lines.close();
  const clock = new Int32Array(new SharedArrayBuffer(4));
  while (writes && lines.stats().depth > 0) Atomics.wait(clock, 0, 0, 1);
});

for (let i = 0; i < Number(count); i++) log(`line ${i}`);
if (crash) throw new Error('the program fails');
lines.close();
