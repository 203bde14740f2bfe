/** How many calls there are at a time, in all and of each key, and in which order those of a key begin and end. */
let under = 0;
/** @type {Map<string, { under: number, order: number }>} */
const keys = new Map();
const failed = new Set();

/** @param {{ n: number, key: string, fails?: boolean }} record */
export default async function inTurn({ n, key, fails }) {
  const state = keys.get(key) ?? { under: 0, order: 0 };
  keys.set(key, state);
  const most = ++under;
  const beside = state.under++;
  const order = state.order;
  await new Promise((resolve) => setTimeout(resolve, (n * 7) % 5));
  under--;
  state.under--;
  if (fails && !failed.has(n)) {
    failed.add(n);
    throw new Error('once');
  }
  state.order++;
  return { n, key, most, beside, order };
}
