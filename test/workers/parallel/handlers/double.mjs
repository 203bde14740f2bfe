/** @param {{ n: number }} record */
export default ({ n }) => ({ n: n * 2 });
