const { pathToFileURL } = require('node:url');
const { join } = require('node:path');

/** What a CommonJS program does. */
async function main() {
  const { parallel } = await import('millrace/workers');
  const module = join(__dirname, '../parallel/handlers/cjs.cjs');
  const results = [];
  /** @type {import('millrace/workers').Parallel<{ n: number }>} */
  const all = parallel([{ n: 1 }, { n: 2 }], pathToFileURL(module), { threads: 1 });
  for await (const { n } of all) results.push(n);
  console.log(results.join(' '));
}

void main();
