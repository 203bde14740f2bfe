/** Fails at every tenth record. @param {{ n: number }} record */
export default function fails({ n }) {
  if (n % 10 === 3) throw Object.assign(new RangeError(`no ${n}`), { code: 'NO' });
  return { n };
}
