/** @param {import('millrace').Message<string>} message */
export default ({ value }) => {
  throw new TypeError(`can't handle ${value}`);
};
