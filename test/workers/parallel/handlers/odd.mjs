/** @param {{ n: number }} record */
export default (record) => (record.n % 2 === 1 ? record : undefined);
