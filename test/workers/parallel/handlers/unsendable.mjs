/** @param {{ n: number }} record */
export default ({ n }) => ({ id: n === 5 ? 'five' : n });
