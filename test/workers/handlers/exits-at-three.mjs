/** @param {number} value */
export default function handle(value) {
  if (value === 3) process.exit(7);
}
