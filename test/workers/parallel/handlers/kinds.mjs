/** Every kind of handler in one: what it returns depends on the record. @param {{ n: number, kind: string }} record */
export default function kinds({ n, kind }) {
  if (kind === 'value') return n;
  if (kind === 'promise') return Promise.resolve(n);
  if (kind === 'nothing') return undefined;
  if (kind === 'promise of nothing') return Promise.resolve(undefined);
  if (kind === 'generator') return twice(n);
  return slowlyTwice(n);
}

/** @param {number} n */
function* twice(n) {
  yield n;
  yield undefined;
  yield n;
}

/** @param {number} n */
async function* slowlyTwice(n) {
  yield n;
  await new Promise((resolve) => setTimeout(resolve, 1));
  yield n;
}
