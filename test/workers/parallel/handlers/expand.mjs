/** As many results as the record says. @param {{ n: number }} record */
export default function* expand({ n }) {
  for (let i = 0; i < n % 4; i++) yield { n, i };
}
