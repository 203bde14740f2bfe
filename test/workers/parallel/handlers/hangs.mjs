/** Never comes back from record 7. @param {{ n: number }} record */
export default function hangs(record) {
  while (record.n === 7);
  return record;
}
