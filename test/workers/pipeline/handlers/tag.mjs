/** Says which stage a record went through. @param {{ n: number }} record @param {{ stage: string }} context */
export default function tag(record, { stage }) {
  return { ...record, by: stage };
}
