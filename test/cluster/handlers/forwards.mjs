import { openBus } from 'millrace';

/** Reads from one topic and writes to another, in a thread of the bus. */
const results = openBus().topic('results');

/** @param {import('millrace').Message<number>} message */
export default async ({ value, key }) => {
  await results.send(value * 2, key === undefined ? {} : { key });
};
