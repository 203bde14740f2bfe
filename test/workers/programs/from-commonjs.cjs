const { pathToFileURL } = require('node:url');
const { join } = require('node:path');

/** What a CommonJS program does. */
async function main() {
  const { parallel } = await import('millrace/workers');
  const module = join(__dirname, '../parallel/handlers/cjs.cjs');
  const results = [];
  for await (const { n } of parallel([{ n: 1 }, { n: 2 }], pathToFileURL(module), { threads: 1 }))
    results.push(n);
  console.log(results.join(' '));
}

void main();
