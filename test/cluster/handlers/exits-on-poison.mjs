/** @type {string[]} */
const seen = [];

/** @param {import('millrace').Message<string>} message */
export default ({ value }) => {
  if (value === 'poison') process.exit(1);
  seen.push(value);
};

export const close = () => seen;
