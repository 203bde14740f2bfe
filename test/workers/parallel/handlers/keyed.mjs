/** @param {{ key: string, n: number }} record @param {import('millrace/workers').HandlerContext} context */
export default ({ key, n }, { thread }) => ({ key, n, thread });
