/** Acknowledges what it has done of a batch before it fails. */
/** @type {string[]} */
const seen = [];

/** @param {Iterable<import('millrace').Message<string>>} messages */
export function batch(messages) {
  for (const message of messages) {
    seen.push(message.value);
    if (message.value === 'bad') throw new Error('bad');
    message.ack();
  }
}

export const close = () => seen;
