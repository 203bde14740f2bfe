import { workerData } from 'node:worker_threads';
import { open } from 'millrace/ring';

/** Writes some values. */
const { writer } = open(workerData.handle);
for (const value of workerData.values) writer.putSync(value);
