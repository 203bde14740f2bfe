/** @typedef {import('millrace/workers').HandlerContext} Context */
/** @param {Context} context */
export async function open({ state, thread }) {
  await null;
  if (state) state['opened'] = `by ${thread}`;
}

/** @param {{ n: number }} record @param {Context} context */
export default function contextual({ n }, { thread, threads, stage, signal, state }) {
  if (state) state['count'] = Number(state['count'] ?? 0) + 1;
  return { n, thread, threads, stage, aborted: signal.aborted, ...state };
}
