let count = 0;
/** @type {string[]} */
const keys = [];

/** @param {Iterable<import('millrace').Message<any, any>>} messages */
export const batch = (messages) => {
  for (const { key } of messages) {
    count++;
    keys.push(String(key));
  }
};

export const close = () => ({ count, keys });
