/** Blocks its thread for as many milliseconds as the message says. */
/** @param {{ readonly value: number }} message */
export default ({ value }) => {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, value);
};
