import { Worker } from 'node:worker_threads';
import { f64, json, latest, openLatest, struct, u32, utf8 } from 'millrace/ring';
import { describe, expect, test } from 'vitest';

describe('latest', () => {
  test('has nothing before the first set, and then always the newest', () => {
    const cell = latest(f64);
    expect(cell.get()).toBeUndefined();
    for (let i = 1; i <= 20; i++) {
      cell.set(i);
      expect(cell.get()).toBe(i);
      expect(cell.version).toBe(i);
    }
  });

  test('holds values of any size up to its maximum', () => {
    const cell = latest(utf8(), { maxMessageSize: 13 });
    for (const text of ['', 'a', 'grüße', '0123456789012']) {
      cell.set(text);
      expect(cell.get()).toBe(text);
    }
    expect(() => cell.set('01234567890123')).toThrow(expect.objectContaining({ code: 'MILLRACE_TOO_LARGE' }));
    expect(cell.get()).toBe('0123456789012');
  });

  test('is opened by its handle, with the codec in it', () => {
    const cell = latest(json<{ a: number }>());
    cell.set({ a: 1 });
    const same = openLatest<{ a: number }>(structuredClone(cell.handle));
    expect(same.get()).toEqual({ a: 1 });
    expect(() => openLatest(cell.handle, u32)).toThrow(
      expect.objectContaining({ code: 'MILLRACE_BAD_HANDLE' }),
    );
  });

  test.each([
    ['nothing', undefined],
    ['another handle', { millrace: 1 }],
    ['a short buffer', { millrace: 'latest', buffer: new SharedArrayBuffer(16), codec: { name: 'f64' } }],
    ['an empty buffer', { millrace: 'latest', buffer: new SharedArrayBuffer(1024), codec: { name: 'f64' } }],
  ])('refuses %s as a handle', (_, handle) => {
    expect(() => openLatest(handle as never)).toThrow(
      expect.objectContaining({ code: 'MILLRACE_BAD_HANDLE' }),
    );
  });

  test('is never torn and never goes back, while another thread sets it as fast as it can', async () => {
    const cell = latest(struct({ a: f64, b: f64, text: utf8(8) }));
    const worker = new Worker(new URL('./latest-writer.mjs', import.meta.url), {
      workerData: { handle: cell.handle, ms: 300 },
    });
    const { threadId } = worker;
    const exit = new Promise((resolve) => worker.once('exit', resolve));
    let seen = 0;
    let newest = 0;
    for (;;) {
      const value = cell.get();
      if (value?.text === 'end') break;
      if (value === undefined) await new Promise((resolve) => setImmediate(resolve));
      else {
        expect(value.b).toBe(-value.a);
        expect(value.text).toBe(String(value.a));
        expect(value.a).toBeGreaterThanOrEqual(newest);
        newest = value.a;
        seen++;
      }
    }
    await exit;
    expect(seen).toBeGreaterThan(100);
    expect(() => cell.set({ a: 1, b: 1, text: '' })).toThrow(
      expect.objectContaining({ code: 'MILLRACE_ROLE_TAKEN' }),
    );
    expect(() => cell.repair(worker.threadId)).toThrow(/keep it before/);
    cell.repair(threadId);
    cell.set({ a: 1, b: 1, text: '' });
  });
});
