/**
 * The data file: where it is, and whether it is whole.
 */
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { parquetMetadataAsync } from 'hyparquet';

/**
 * The bytes of the data file, checked, in memory that all threads share. Goes to a worker as it is.
 *
 * @typedef {object} FlightFile
 * @property {string} path
 * @property {SharedArrayBuffer} bytes
 * @property {number} rows
 * @property {RowRange[]} rowGroups what can be decoded independently, in the order of the file
 */

/** @typedef {{ begin: number, end: number }} RowRange rows from `begin` up to, but not including, `end` */

const FILE_NAME = 'flights-3m.parquet';
const REPAIR = 'run `npm ci` to install the data again, or name a good copy with --file';

/** The data file is missing, damaged or not what it should be. The message says what to do. */
export class FlightDataError extends Error {
  /** @override */
  name = 'FlightDataError';
}

/**
 * Reads the whole file once (13 MB) and refuses it unless it is exactly the one that vega-datasets published.
 *
 * The checksum is needed: of 91 copies with one flipped bit, the Parquet reader decoded 82 into wrong flights
 * without noticing.
 *
 * @param {string} [path] another copy of the file
 * @returns {Promise<FlightFile>}
 */
export async function openFlightFile(path) {
  const packageRoot = findPackage();
  const filePath = path ?? fileURLToPath(new URL(`data/${FILE_NAME}`, packageRoot));
  const content = await readOrExplain(filePath);
  refuseDamaged(filePath, content, await publishedFile(packageRoot));
  const bytes = new SharedArrayBuffer(content.byteLength);
  new Uint8Array(bytes).set(content);
  const rowGroups = await readRowGroups(filePath, bytes);
  return { path: filePath, bytes, rows: rowGroups.at(-1)?.end ?? 0, rowGroups };
}

function findPackage() {
  try {
    return new URL('..', import.meta.resolve('vega-datasets')); // its entry point is build/index.js
  } catch (error) {
    throw new FlightDataError(
      'the package vega-datasets, which holds the data, is missing: run `npm install`',
      {
        cause: error,
      },
    );
  }
}

/** @param {string} path */
async function readOrExplain(path) {
  try {
    return await readFile(path);
  } catch (error) {
    const { code, message } = /** @type {NodeJS.ErrnoException} */ (error);
    const problem = code === 'ENOENT' ? 'there is no such file' : message;
    throw new FlightDataError(`cannot read ${path}: ${problem}; ${REPAIR}`, { cause: error });
  }
}

/**
 * What the package says about its file.
 *
 * @param {URL} packageRoot
 * @returns {Promise<{ bytes: number, hash: string }>} `hash` as git computes it for a file
 */
async function publishedFile(packageRoot) {
  const path = fileURLToPath(new URL('datapackage.json', packageRoot));
  const text = (await readOrExplain(path)).toString();
  try {
    const { resources } = JSON.parse(text);
    const { bytes, hash } = resources.find((/** @type {{ path: string }} */ { path }) => path === FILE_NAME);
    return { bytes, hash };
  } catch (error) {
    throw new FlightDataError(`${path} does not describe ${FILE_NAME}; ${REPAIR}`, { cause: error });
  }
}

/**
 * @param {string} path
 * @param {Buffer} content
 * @param {{ bytes: number, hash: string }} published
 */
function refuseDamaged(path, content, { bytes, hash }) {
  if (content.byteLength !== bytes) {
    const sizes = `${content.byteLength.toLocaleString('en')} bytes instead of ${bytes.toLocaleString('en')}`;
    throw new FlightDataError(`${path} is damaged or another file: it has ${sizes}; ${REPAIR}`);
  }
  const sha1 = createHash('sha1').update(`blob ${bytes}\0`).update(content).digest('hex');
  if (hash !== `sha1:${sha1}`) {
    throw new FlightDataError(`${path} is damaged: its checksum is wrong; ${REPAIR}`);
  }
}

/**
 * @param {string} path
 * @param {SharedArrayBuffer} bytes
 * @returns {Promise<RowRange[]>}
 */
async function readRowGroups(path, bytes) {
  const { row_groups: groups } = await parquetMetadataAsync(asyncBuffer(bytes)).catch((error) => {
    throw undecodable(path, error);
  });
  let end = 0;
  return groups.map((group) => {
    const begin = end;
    end += Number(group.num_rows);
    return { begin, end };
  });
}

/**
 * How hyparquet reads: it asks for pieces and gets copies of its own.
 *
 * @param {SharedArrayBuffer} bytes
 */
export function asyncBuffer(bytes) {
  const content = new Uint8Array(bytes);
  return {
    byteLength: content.byteLength,
    slice: (/** @type {number} */ begin, /** @type {number | undefined} */ end) =>
      content.slice(begin, end).buffer,
  };
}

/**
 * @param {string} path
 * @param {unknown} error
 */
export function undecodable(path, error) {
  const reason = error instanceof Error ? error.message : String(error);
  return new FlightDataError(`${path} cannot be decoded (${reason}); ${REPAIR}`, { cause: error });
}
