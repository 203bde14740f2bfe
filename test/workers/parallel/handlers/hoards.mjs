/** Takes all the memory its thread may have at record 7. @param {{ n: number }} record */
export default function hoards(record) {
  const kept = [];
  while (record.n === 7) kept.push({ text: `${kept.length}` });
  return record;
}
