import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { decodeFlights } from '../../examples/flights/flight-columns.js';
import { openFlightFile } from '../../examples/flights/flight-file.js';

const MAIN = fileURLToPath(new URL('../../examples/flights/main.js', import.meta.url));

function start(...args: string[]) {
  const child = spawn(process.execPath, [MAIN, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  const output = { stdout: '', stderr: '' };
  child.stdout.on('data', (data) => {
    output.stdout += data;
  });
  child.stderr.on('data', (data) => {
    output.stderr += data;
  });
  const ended = once(child, 'close').then(([code, signal]) => ({ ...output, code, signal }));
  return { child, output, ended };
}

const run = (...args: string[]) => start(...args).ended;

describe('the flights', () => {
  test('reach the same totals over the ring, over postMessage and in a single thread', async () => {
    const { code, stdout, stderr } = await run('--limit', '300000', '--threads', '2', '--json');
    expect(stderr).toBe('');
    expect(code).toBe(0);
    const summary = JSON.parse(stdout);
    expect(summary).toMatchObject({
      flights: 300_000,
      threads: { readers: 2, consumers: 2 },
      totalsEqual: true,
    });
    expect(summary.airports).toHaveLength(10);
    expect(summary.airports[0]).toEqual({
      airport: 'ORD',
      flights: 16_418,
      meanDelay: expect.any(Number),
      p90Delay: 42,
    });
    expect(sum(summary.partitions)).toBe(300_000);
    expect(sum(summary.days.map((day: { flights: number }) => day.flights))).toBe(300_000);
    expect(summary.ring.flightsPerSecond).toBeGreaterThan(0);
    expect(summary.postMessage.flightsPerSecond).toBeGreaterThan(0);
  });

  test('may be one, on one thread and one partition', async () => {
    const { code, stdout } = await run('--limit', '1', '--threads', '1', '--partitions', '1', '--json');
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      airports: [{ airport: 'LAS', flights: 1, meanDelay: 33, p90Delay: 33 }],
      days: [{ date: '2001-01-01', flights: 1, meanDelay: 33 }],
      partitions: [1],
      totalsEqual: true,
    });
  });

  test('spread over as many partitions and threads as asked for', async () => {
    const { code, stdout } = await run('--limit', '5000', '--threads', '5', '--partitions', '3', '--json');
    expect(code).toBe(0);
    const summary = JSON.parse(stdout);
    expect(summary.threads).toEqual({ readers: 1, consumers: 3 }); // one row group, three partitions
    expect(summary.partitions).toHaveLength(3);
    expect(sum(summary.partitions)).toBe(5_000);
  });

  test('end up in tables that say that the totals are equal', async () => {
    const { code, stdout, stderr } = await run('--limit', '2000');
    expect(code).toBe(0);
    expect(stdout).toMatch(/airport +flights +mean delay +p90 delay\n +LAX +92 /);
    expect(stdout).toMatch(/partition +flights +share\n +0 /);
    expect(stdout).toMatch(/ring +[\d,]+ +[\d.]+ +[\d.]+ times postMessage\n +postMessage +[\d,]+/);
    expect(stdout).toContain('The totals equal those of a single-threaded pass over the same 2,000 flights.');
    expect(stderr).toMatch(/ring +\[#{30}\] 100% +[\d,]+ flights\/s/);
  });
});

describe('the command line', () => {
  test('explains itself', async () => {
    const { code, stdout, stderr } = await run('--help');
    expect([code, stderr]).toEqual([0, '']);
    for (const option of ['--threads', '--partitions', '--limit', '--json', '--help'])
      expect(stdout).toContain(option);
  });

  test.each([
    [['--threads', '0'], "--threads takes a whole number from 1 to 64, not '0'"],
    [['--partitions', '1.5'], '--partitions takes a whole number'],
    [['--limit=-5'], '--limit takes a whole number'],
    [['--limit', 'all'], '--limit takes a whole number'],
    [['--limit'], 'argument missing'],
    [['--loud'], "Unknown option '--loud'"],
    [['flights'], "Unexpected argument 'flights'"],
  ])('refuses %j', async (args, message) => {
    const { code, stdout, stderr } = await run(...args);
    expect(stderr).toContain(message);
    expect(stderr).toContain('--help');
    expect([code, stdout]).toEqual([2, '']);
  });
});

describe('the data file', () => {
  let directory: string;
  let good: Buffer;

  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'flights-'));
    good = await readFile((await openFlightFile()).path);
  });
  afterAll(() => rm(directory, { recursive: true }));

  async function runOn(content: Uint8Array) {
    const file = join(directory, 'flights.parquet');
    await writeFile(file, content);
    return run('--limit', '1000', '--json', '--file', file);
  }

  test('may be a copy elsewhere', async () => {
    const { code, stdout } = await runOn(good);
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ file: join(directory, 'flights.parquet'), flights: 1000 });
  });

  test('is reported when it is missing', async () => {
    const { code, stdout, stderr } = await run('--file', join(directory, 'none.parquet'));
    expect([code, stdout]).toEqual([1, '']);
    expect(stderr).toMatch(/^error: cannot read .*none\.parquet: there is no such file; run `npm ci`.*\n$/);
  });

  test('is reported when it is a directory', async () => {
    const { code, stderr } = await run('--file', directory);
    expect(code).toBe(1);
    expect(stderr).toMatch(/^error: cannot read .*EISDIR.*\n$/);
  });

  test.each([
    ['empty', () => new Uint8Array(0), /it has 0 bytes instead of 13,493,022/],
    ['truncated', () => good.subarray(0, 5_000_000), /it has 5,000,000 bytes instead of 13,493,022/],
    ['too long', () => Buffer.concat([good, Buffer.of(0)]), /it has 13,493,023 bytes instead of/],
    ['another one of the same size', () => Buffer.alloc(good.length), /its checksum is wrong/],
    ['damaged in its footer', () => flipBit(good, good.length - 100), /its checksum is wrong/],
    ['damaged in the middle', () => flipBit(good, 6_000_000), /its checksum is wrong/],
  ])('is refused when it is %s', async (_, content, message) => {
    const { code, stdout, stderr } = await runOn(content());
    expect([code, stdout]).toEqual([1, '']);
    expect(stderr).toMatch(/^error: .*flights\.parquet is damaged.*run `npm ci`.*\n$/);
    expect(stderr).toMatch(message);
  });

  test('is reported when what was read is changed afterwards', async () => {
    const file = await openFlightFile();
    new Uint8Array(file.bytes).fill(0xff, 100, 100_000);
    const firstGroup = file.rowGroups.slice(0, 1);
    await expect(decodeFlights(file, firstGroup)).rejects.toThrow(/flights-3m\.parquet cannot be decoded \(/);
  });

  test('holds eleven row groups of three million flights', async () => {
    const { rows, rowGroups } = await openFlightFile();
    expect(rows).toBe(3_000_000);
    expect(rowGroups).toHaveLength(11);
    expect(rowGroups[10]).toEqual({ begin: 2_727_270, end: 3_000_000 });
  });
});

describe('Ctrl-C', () => {
  // Each phase, because each has other threads at work.
  test.each(['decoding', 'ring', 'postMessage', 'single thread'])('stops it: %s', async (phase) => {
    const { child, output, ended } = start('--limit', '600000');
    await until(() => output.stderr.includes(phase));
    child.kill('SIGINT');
    const { code, signal, stdout, stderr } = await ended;
    expect([code, signal, stdout]).toEqual([130, null, '']);
    expect(stderr).toContain('Stopped.');
  });
});

function flipBit(content: Buffer, at: number) {
  const damaged = Buffer.from(content);
  damaged.writeUInt8(damaged.readUInt8(at) ^ 1, at);
  return damaged;
}

function sum(values: number[]) {
  return values.reduce((a, b) => a + b, 0);
}

async function until(condition: () => boolean) {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 5));
}
