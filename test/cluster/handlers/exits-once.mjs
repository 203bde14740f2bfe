import { openBus } from 'millrace';

/** Passes on what it gets. A message 'exit' ends the threads that were there when it was sent. */
const bus = openBus();
const results = bus.topic('results');
const started = performance.timeOrigin + performance.now();

/** @param {import('millrace').Message<string>} message */
export default async ({ value, timestamp, attempt }) => {
  if (value === 'exit' && attempt === 1 && started < timestamp) process.exit(1);
  await results.send(value);
};
