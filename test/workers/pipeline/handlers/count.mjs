/** Counts what it has seen of each user. @param {{ user: string, n: number }} record @param {import('millrace/workers').HandlerContext} context */
export default function count({ user, n }, { state, thread }) {
  const seen = /** @type {Record<string, number>} */ (state);
  seen[user] = (seen[user] ?? 0) + 1;
  return { user, n, seen: seen[user], thread };
}
