import { closeSync, openSync, writeSync } from 'node:fs';
import { workerData } from 'node:worker_threads';
import { open } from 'millrace/ring';

/** Writes every line that is there with one call, and gives the lines back when they are written. */
const { reader } = open(workerData.lines);
const file = openSync(workerData.file, 'a');
for await (const batch of reader) {
  let text = '';
  for (const line of batch) text += `${line}\n`;
  writeSync(file, text);
}
closeSync(file);
