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
 *   node examples/log-shipping/main.js [file] [lines] [crash | reject | exit]
 */
const [file = join(tmpdir(), 'millrace.log'), count = '10000', end] = process.argv.slice(2);
rmSync(file, { force: true });
const lines = spsc(utf8(), { capacity: 16_384 });
new Worker(new URL('./writer.js', import.meta.url), {
  workerData: { lines: lines.handle, file },
});
/** @param {string} line */
export function log(line) {
  lines.writer.putSync(line); // When the ring is full this waits for the disk: lines are never dropped.
}

/** How long the other thread may take for one batch before it counts as dead. */
const PATIENCE_MS = 10_000;

/** Lines count as read once they are in the file. This thread hears of nothing while it exits, so it looks. */
process.on('exit', () => {
  lines.close();
  const clock = new Int32Array(new SharedArrayBuffer(4));
  let last = { depth: lines.stats().depth, at: performance.now() };
  while (last.depth > 0) {
    Atomics.wait(clock, 0, 0, 1);
    const { depth } = lines.stats();
    if (depth !== last.depth) last = { depth, at: performance.now() };
    else if (performance.now() > last.at + PATIENCE_MS) {
      process.exitCode ||= 1;
      return console.error(`${depth} lines could not be written.`);
    }
  }
});

for (let i = 0; i < Number(count); i++) log(`line ${i}`);
if (end === 'crash') throw new Error('the program fails');
if (end === 'reject') await Promise.reject(new Error('nobody catches this'));
if (end === 'exit') process.exit(0);
lines.close();
