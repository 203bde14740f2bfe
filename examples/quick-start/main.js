import { Worker } from 'node:worker_threads';
import { f64, oneOf, spsc, struct, u32, utf8 } from 'millrace/ring';

const Tick = struct({ id: u32, price: f64, side: oneOf('buy', 'sell'), symbol: utf8(8) });
const ticks = spsc(Tick, { capacity: 65_536 });

const worker = new Worker(new URL('./worker.js', import.meta.url), { workerData: ticks.handle });
worker.on('message', (total) => console.log(`${total.count} ticks, ${total.volume.toFixed(2)} in all`));

for (let id = 0; id < 1_000_000; id++) {
  // Waits while the ring is full, without blocking the event loop.
  await ticks.writer.put({ id, price: id / 100, side: id % 2 ? 'sell' : 'buy', symbol: 'MILL' });
}
ticks.close(); // the worker reads what is left and ends
