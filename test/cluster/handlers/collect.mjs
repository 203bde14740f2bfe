/** Collects copies of what it gets; they are the thread's result. */
/** @type {unknown[]} */
const seen = [];
let opened = 'never';

/** @param {import('millrace').HandlerContext} context */
export const open = ({ thread, threads }) => {
  opened = `${thread} of ${threads}`;
};

/** @param {import('millrace').Message<any, any>} message */
export default (message) => {
  const { topic, partition, offset, key, value, headers, timestamp } = message.copy();
  seen.push({ topic, partition, offset, key, value, headers, timestamp });
};

export const close = () => ({ opened, seen });
