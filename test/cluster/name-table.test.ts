import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { expect, test } from 'vitest';
import { NameTable } from '../../src/cluster/topic/name-table.ts';

const TABLES = 3000;

test('threads that join one name at the same time are in one group', async () => {
  const buffers = Array.from({ length: TABLES }, () => new SharedArrayBuffer(NameTable.bytes(28)));
  const gate = new Int32Array(new SharedArrayBuffer(4 * TABLES));
  const threads = [0, 1].map(
    () => new Worker(new URL('./joining-thread.mjs', import.meta.url), { workerData: { buffers, gate } }),
  );
  const [a, b] = await Promise.all(
    threads.map(async (thread) => (await once(thread, 'message'))[0] as number[]),
  );
  expect(a).toEqual(b);
  expect(buffers.map((buffer) => new NameTable(buffer, 'group').find('billing'))).toEqual(a);
});

test('a name whose writer died holds up nobody for long', () => {
  const buffer = new SharedArrayBuffer(NameTable.bytes(28));
  new Int32Array(buffer)[0] = 1; // writing, for ever
  const table = new NameTable(buffer, 'group');
  expect(table.join('billing')).toBe(1);
  expect(table.join('billing')).toBe(1);
});
