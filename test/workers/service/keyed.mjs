/** @param {{ n: number }} call @param {{ thread: number }} context */
export default ({ n }, { thread }) => ({ n, thread });
