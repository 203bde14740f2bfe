/** @param {{ n?: number, throws?: string, dies?: boolean, ms?: number, bad?: boolean }} call */
export default async function handle({ n, throws, dies, ms, bad }) {
  if (throws !== undefined) throw Object.assign(new RangeError(throws), { code: 'NO' });
  if (dies) process.exit(4);
  if (ms !== undefined) await new Promise((resolve) => setTimeout(resolve, ms));
  if (bad) return () => {};
  return n === undefined ? undefined : n * 2;
}

let closed = false;
export function close() {
  closed = true;
  return closed;
}
