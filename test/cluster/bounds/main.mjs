/**
 * An hour's worth of messages through a bus, and whether memory stays within its bounds: 18 million, which is 5,000 a second for an hour, as fast as they go.
 *
 *   node test/cluster/bounds/main.mjs
 *   node test/cluster/bounds/main.mjs --messages 5000000
 */
import { parseArgs } from 'node:util';
import { run } from './run.mjs';

/** Messages of an hour: 5,000 a second. */
const HOUR = 18_000_000;
const { values } = parseArgs({
  options: {
    messages: { type: 'string', default: String(HOUR) },
    interval: { type: 'string', default: '10000' },
  },
});
const began = performance.now();
const tell = (/** @type {string} */ line) =>
  console.log(`${((performance.now() - began) / 1000).toFixed(0)} s: ${line}`);
const { messages, seconds, faults } = await run({
  messages: Number(values.messages),
  intervalMs: Number(values.interval),
  tell,
});
console.log(
  `${messages} messages in ${seconds.toFixed(0)} s (${Math.round(messages / seconds)} a second): ` +
    (faults.length === 0
      ? 'each once, whole, in order where that is promised; memory within its bounds'
      : 'FAILED'),
);
for (const fault of faults) console.log(`- ${fault}`);
process.exit(faults.length === 0 ? 0 : 1);
