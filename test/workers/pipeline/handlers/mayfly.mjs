let left = 10;

/** No thread lives for more than ten records. @param {unknown} value */
export default function mayfly(value) {
  if (left-- === 0) process.exit(9);
  return value;
}
