import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';

/**
 * @typedef {object} Options
 * @property {number} threads reader threads, and as many consumer threads
 * @property {number} partitions
 * @property {number} limit how many flights to read; `Infinity` for all
 * @property {string | undefined} file
 * @property {boolean} json
 * @property {boolean} help
 */

const DEFAULT_PARTITIONS = 8;
const DEFAULT_THREADS = Math.min(8, Math.max(2, Math.floor(availableParallelism() / 2)));

export const HELP = `Usage: npm start -- [options]
       node examples/flights/main.js [options]

Reads three million US flights from a Parquet file with several threads, sends each
flight as one message to the threads that count them, over shared memory and then again
with postMessage, and checks both against a single-threaded pass over the same data.

  --threads <n>     reader threads, and as many consumer threads (default: ${DEFAULT_THREADS})
  --partitions <n>  partitions of the topic (default: ${DEFAULT_PARTITIONS})
  --limit <n>       only the first n flights (default: all)
  --file <path>     another copy of flights-3m.parquet (default: the one in vega-datasets)
  --json            print one JSON object instead of tables, and no progress
  --help            print this

Ctrl-C stops it. Exit code: 0 when all totals agree, 1 on an error or a difference,
2 when the options make no sense, 130 when stopped.
`;

/** The command line makes no sense. The message says which option and what it takes. */
export class OptionsError extends Error {
  /** @override */
  name = 'OptionsError';
}

/**
 * @param {string[]} args
 * @returns {Options}
 */
export function parseOptions(args) {
  const values = parseValues(args);
  return {
    threads: wholeNumber('--threads', values.threads, { most: 64 }) ?? DEFAULT_THREADS,
    partitions: wholeNumber('--partitions', values.partitions, { most: 1024 }) ?? DEFAULT_PARTITIONS,
    limit: wholeNumber('--limit', values.limit, { most: 1e9 }) ?? Infinity,
    file: values.file,
    json: values.json ?? false,
    help: values.help ?? false,
  };
}

/** @param {string[]} args */
function parseValues(args) {
  try {
    return parseArgs({
      args,
      options: {
        threads: { type: 'string' },
        partitions: { type: 'string' },
        limit: { type: 'string' },
        file: { type: 'string' },
        json: { type: 'boolean' },
        help: { type: 'boolean', short: 'h' },
      },
    }).values;
  } catch (error) {
    throw new OptionsError(error instanceof Error ? error.message : String(error), { cause: error });
  }
}

/**
 * @param {string} option
 * @param {string | undefined} text
 * @param {{ most: number }} range
 */
function wholeNumber(option, text, { most }) {
  if (text === undefined) return undefined;
  const value = /^\d+$/.test(text) ? Number(text) : Number.NaN;
  if (value >= 1 && value <= most) return value;
  throw new OptionsError(
    `${option} takes a whole number from 1 to ${most.toLocaleString('en')}, not '${text}'`,
  );
}
