import { parentPort } from 'node:worker_threads';
import { f64, openBus, utf8 } from 'millrace';

/** Waits for topics that are created after this thread has started: one of before it asks, and one of after. */
const bus = openBus();
parentPort?.postMessage('started');
parentPort?.once('message', async () => {
  const unknown = await bus.find('never', f64, { timeout: 20 }).catch((error) => error.code);
  const early = await bus.find('early');
  await early.send(1);
  parentPort?.postMessage('asked');
  const late = await bus.find('late', f64);
  await late.send(2);
  const other = await bus.find('late', utf8()).catch((error) => error.code);
  parentPort?.postMessage([unknown, other, bus.topic('late') === late]);
});
