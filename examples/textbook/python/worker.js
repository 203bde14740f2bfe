/** @type {number[]} */
const done = [];

/** @param {import('millrace').Message<number>} message */
export default function handle(message) {
  done.push(message.value ** 2);
}

export const close = () => done;
