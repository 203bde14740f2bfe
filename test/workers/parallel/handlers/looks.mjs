/** Runs until it is told to stop. @param {unknown} _ @param {import('millrace/workers').HandlerContext} context */
export default function looks(_, { signal }) {
  while (!signal.aborted);
}
