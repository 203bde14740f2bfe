/** Every so often the end of its thread: by `process.exit`, or by an error that nobody catches. */
let left = 5 + Math.floor(Math.random() * 40);

/** @param {{ n: number, poison: boolean }} record */
export default async function handle({ n, poison }) {
  if (poison) process.exit(1);
  if (left-- <= 0) await die();
  return { n };
}

function die() {
  if (Math.random() < 0.5) process.exit(2);
  setImmediate(() => {
    throw new Error('nobody catches this');
  });
  return new Promise(() => {});
}
