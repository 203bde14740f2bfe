import { threadId } from 'node:worker_threads';
import { openBus } from 'millrace';

/** Says which thread reads which partition. */
const readers = openBus().topic('readers');

/** @param {import('millrace').Message<number>} message */
export default async ({ partition }) => {
  await readers.send(threadId, { key: String(partition) });
};
