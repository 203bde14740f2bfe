/** @type {Map<number, number>} */
const calls = new Map();

/** Succeeds at the third call. @param {{ n: number }} record */
export default async function flaky({ n }) {
  const count = (calls.get(n) ?? 0) + 1;
  calls.set(n, count);
  if (count < 3) throw new Error(`call ${count}`);
  return { n, count };
}
