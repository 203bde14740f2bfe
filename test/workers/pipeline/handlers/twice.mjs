/** @param {{ n: number }} record */
export default function* twice({ n }) {
  yield { n, half: 0 };
  yield { n, half: 1 };
}
