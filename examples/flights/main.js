/**
 * The main job: three million flights through a queue between threads.
 *
 *   flights-3m.parquet ──> reader threads ──> topic of 8 partitions, ──> consumer threads: totals
 *   (11 row groups)        decode, publish    keyed by origin            per airport and per day
 *
 * job.js says what is done in which order; flight.js, over-ring.js and ring-consumer.js show how to use Millrace.
 */
import { setMaxListeners } from 'node:events';
import { runJob } from './job.js';
import { HELP, parseOptions } from './options.js';
import { Progress } from './progress.js';
import { formatSummary, summarize } from './report.js';

const EXIT = { OK: 0, ERROR: 1, USAGE: 2, STOPPED: 130 };

/** Errors of which the message says everything: the user needs no stack. */
const EXPECTED_ERRORS = ['FlightDataError', 'OptionsError'];

process.exitCode = await main(process.argv.slice(2)).catch(explain);

/**
 * @param {string[]} args
 * @returns {Promise<number>} the exit code
 */
async function main(args) {
  const options = parseOptions(args);
  if (options.help) {
    process.stdout.write(HELP);
    return EXIT.OK;
  }
  const progress = new Progress(process.stderr, { quiet: options.json });
  const stop = new AbortController();
  setMaxListeners(0, stop.signal); // every thread is one
  // Once: a second Ctrl-C ends the process at once, should a thread not stop.
  process.once('SIGINT', () => stop.abort());
  try {
    const summary = summarize(await unlessStopped(runJob(options, progress, stop.signal), stop.signal));
    process.stdout.write(options.json ? `${JSON.stringify(summary)}\n` : `\n${formatSummary(summary)}\n`);
    if (summary.totalsEqual) return EXIT.OK;
    process.stderr.write(`error: ${summary.difference}\n`);
    return EXIT.ERROR;
  } catch (error) {
    if (!stop.signal.aborted) throw error;
    progress.stop();
    process.stderr.write('Stopped. No totals: the job was not finished.\n');
    return EXIT.STOPPED;
  } finally {
    stop.abort(); // ends all threads; the process ends when they have
  }
}

/**
 * @template T
 * @param {Promise<T>} work
 * @param {AbortSignal} signal
 * @returns {Promise<T>}
 */
function unlessStopped(work, signal) {
  return new Promise((resolve, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason));
    work.then(resolve, reject);
  });
}

/** @param {Error} error */
function explain(error) {
  const text = EXPECTED_ERRORS.includes(error.name) ? `error: ${error.message}` : error.stack;
  process.stderr.write(`${text}\n`);
  if (error.name !== 'OptionsError') return EXIT.ERROR;
  process.stderr.write('See --help.\n');
  return EXIT.USAGE;
}
