import { createReadStream } from 'node:fs';
import { availableParallelism } from 'node:os';
import { parallel } from 'millrace/workers';

/**
 * Work for processors: a web server's log is parsed on all cores while it is read, in pieces of whole lines, and summed up by path.
 *
 *   node examples/access-log/main.js <file> [threads]
 *
 * Without a file, it makes up a log.
 */
const [file = '', threads = String(availableParallelism())] = process.argv.slice(2);
const PIECE_BYTES = 64 * 1024;

/** Pieces of whole lines. @param {AsyncIterable<string>} text */
async function* pieces(text) {
  let rest = '';
  for await (const more of text) {
    const end = more.lastIndexOf('\n') + 1;
    if (end > 0) yield rest + more.slice(0, end);
    rest = end > 0 ? more.slice(end) : rest + more;
  }
  if (rest !== '') yield rest;
}

/** A log of the kind that `parse.js` reads, in pieces that end anywhere. */
async function* madeUp() {
  for (let piece = 0; piece < 200; piece++) {
    let text = '';
    for (let i = piece * 500; i < (piece + 1) * 500; i++) {
      const status = i % 97 === 0 ? 503 : 200;
      const request = `GET /shop/item${(i * 31) % 12}?session=${i} HTTP/1.1`;
      text +=
        i % 1000 === 999
          ? 'no line of a log\n'
          : `10.0.${i % 256}.7 - - [27/Nov/2026:13:55:36 +0000] "${request}" ${status} ${i % 5000}\n`;
    }
    yield text;
  }
}

/** @type {Map<string, import('./parse.js').Path>} */
const paths = new Map();
const total = { lines: 0, unreadable: 0 };
const source =
  file === '' ? madeUp() : createReadStream(file, { encoding: 'utf8', highWaterMark: PIECE_BYTES });
const module = new URL('./parse.js', import.meta.url);
const began = performance.now();

/** @type {import('millrace/workers').Parallel<import('./parse.js').Part>} */
const parts = parallel(pieces(source), module, { threads: Number(threads) });
for await (const part of parts) {
  total.lines += part.lines;
  total.unreadable += part.unreadable;
  for (const { path, requests, bytes, errors } of part.paths) {
    const sum = paths.get(path) ?? { path, requests: 0, bytes: 0, errors: 0 };
    paths.set(path, {
      path,
      requests: sum.requests + requests,
      bytes: sum.bytes + bytes,
      errors: sum.errors + errors,
    });
  }
}
for (const { path, requests, bytes, errors } of [...paths.values()].sort((a, b) =>
  a.path < b.path ? -1 : 1,
)) {
  console.log(`${path} ${requests} requests, ${bytes} bytes, ${errors} errors`);
}
console.log(`${total.lines} lines, ${total.unreadable} of them unreadable`);
console.error(`${Math.round(performance.now() - began)} ms on ${threads} threads`);
