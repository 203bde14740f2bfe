import { Worker } from 'node:worker_threads';
import { struct, u32 } from 'millrace/ring';
import { pipeline } from 'millrace/workers';

/**
 * Records through a stage that is slower than their source: how much memory the process takes, over time.
 * `node test/workers/memory/main.mjs [records] [rings | post]`
 */
const [count = '10000000', way = 'rings'] = process.argv.slice(2);
const mebibytes = () => Math.round(process.memoryUsage().rss / 2 ** 20);
const over = [mebibytes()];
let watched = performance.now();

function watch() {
  if (performance.now() < watched + 500) return;
  watched = performance.now();
  over.push(mebibytes());
}

function* source() {
  for (let id = 0; id < Number(count); id++) yield { id, price: id % 1000, size: id % 10 };
}

async function throughRings() {
  const In = struct({ id: u32, price: u32, size: u32 });
  const Out = struct({ id: u32, x: u32 });
  const module = new URL('./slow.mjs', import.meta.url);
  const { results } = await pipeline(source()).via(module, { threads: 1, in: In, out: Out }).to(watch).run();
  return results;
}

/** What a loop over a source does when nothing holds it back. */
async function throughPostMessage() {
  const worker = new Worker(new URL('./poster.mjs', import.meta.url));
  let posted = 0;
  for (const record of source()) {
    worker.postMessage(record);
    if (++posted % 1000 === 0) watch();
  }
  over.push(mebibytes());
  await worker.terminate();
  return posted;
}

const results = await (way === 'post' ? throughPostMessage() : throughRings());
const [first = 0] = over;
console.log(JSON.stringify({ way, results, firstMiB: first, mostMiB: Math.max(...over), over }));
