/** @param {{ n: number }} record @param {{ stage: string }} context */
export default function refuses({ n }, { stage }) {
  if (n % 10 === 3) throw new RangeError(`${stage} does not like ${n}`);
  return { n };
}
