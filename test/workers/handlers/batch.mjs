/** Takes everything that is there at once. */
let batches = 0;
/** @type {number[]} */
const values = [];

/** @param {Iterable<number>} messages */
export async function batch(messages) {
  batches++;
  for (const value of messages) values.push(value);
  await new Promise((resolve) => setImmediate(resolve));
}

export const close = () => ({ values, batches });
