import { parentPort, workerData } from 'node:worker_threads';
import { open } from 'millrace/ring';

/** What `part` in `parts.ts` starts. */
const { handle, does, count } = workerData;
const ring = open(handle);
/** @type {Record<string, (i: number) => number>} what each time adds to the answer */
const DOINGS = {
  writes(i) {
    ring.writer.putSync(i);
    return 0;
  },
  reads: () => /** @type {number} */ (ring.reader.takeSync()),
  'writes and reads': (i) => {
    ring.writer.putSync(i);
    return ring.reader.poll() === undefined ? 1 : 0;
  },
};
let answer = 0;
for (let i = 0; i < count; i++) answer += DOINGS[does]?.(i) ?? 0;
parentPort?.postMessage(answer);
