import { f64, mpmc, select } from 'millrace/ring';

/** Waits that timed out, were aborted, or were fulfilled leave nothing behind that would keep the process. */
const ring = mpmc(f64, { capacity: 1 });
const other = mpmc(f64);
const controller = new AbortController();
const aborted = ring.reader.take({ signal: controller.signal });
const outcome = ring.reader.take({ timeout: 5 });
const selected = select([ring.reader, other.reader], { timeout: 5 });
controller.abort();
const outcomes = await Promise.allSettled([aborted, outcome, selected]);
const taken = ring.reader.take({ timeout: 60_000, signal: new AbortController().signal });
await ring.writer.put(1);
await taken;
await ring.writer.put(2);
await ring.writer.put(3, { timeout: 1 }).catch(() => {});
console.log(outcomes.map(({ status }) => status).join(' '));
