/** One line of a web server's log: `1.2.3.4 - - [10/Oct/2026:13:55:36 +0000] "GET /a/b?c=d HTTP/1.1" 200 2326`. */
const LINE = /^(\S+) \S+ \S+ \[([^\]]+)\] "(\S+) (\S+) [^"]*" (\d{3}) (\d+|-)$/;

/**
 * @typedef {{ path: string, requests: number, bytes: number, errors: number }} Path
 * @typedef {{ lines: number, unreadable: number, paths: Path[] }} Part
 */

/** Parses a piece of a log, and sums up what is in it. @param {string} text @returns {Part} */
export default function parse(text) {
  /** @type {Map<string, Path>} */
  const paths = new Map();
  let lines = 0;
  let unreadable = 0;
  for (const line of text.split('\n')) {
    if (line === '') continue;
    lines++;
    const [, , , , target = '', status = '', bytes = '0'] = LINE.exec(line) ?? [];
    if (target === '') {
      unreadable++;
      continue;
    }
    const { pathname } = new URL(target, 'http://localhost');
    const path = paths.get(pathname) ?? { path: pathname, requests: 0, bytes: 0, errors: 0 };
    paths.set(pathname, path);
    path.requests++;
    path.bytes += Number(bytes === '-' ? 0 : bytes);
    if (Number(status) >= 500) path.errors++;
  }
  return { lines, unreadable, paths: [...paths.values()] };
}
