/** @param {{ n: number, path?: number[] }} record */
export default function* often({ n, path = [] }) {
  for (let i = 0; i < 20; i++) yield { n, path: [...path, i] };
}
