import { readFile } from 'node:fs/promises';
import { Worker } from 'node:worker_threads';
import { BadHandleError, f64, mpmc, mpsc, open, spmc, spsc, utf8 } from 'millrace/ring';
import { describe, expect, test } from 'vitest';
import initWabt from 'wabt';
import { wasm } from '../../../dist/ring/globals.js';
import { isWasmMemory } from '../../../dist/ring/memory.js';

const sources = new URL('../../../src/ring/mpmc/', import.meta.url);

/** What `core-bytes.ts` is to be. */
async function assembled(): Promise<string> {
  const { parseWat } = await initWabt();
  const source = await readFile(new URL('core.wat', sources), 'utf8');
  const module = parseWat('core.wat', source, { threads: true });
  module.resolveNames();
  const hex = Buffer.from(module.toBinary({}).buffer).toString('hex');
  return `/** \`core.wat\`, assembled. Written and checked by test/ring/mpmc/core.test.ts; do not edit. */
const HEX = \`
${hex.match(/.{1,100}/g)?.join('\n')}
\`;

export const coreBytes = (): Uint8Array =>
  Uint8Array.from(HEX.match(/\\w\\w/g) ?? [], (byte) => Number.parseInt(byte, 16));
`;
}

test('the bytes of the core are its source, assembled', async () => {
  await expect(await assembled()).toMatchFileSnapshot(new URL('core-bytes.ts', sources).pathname);
});

const MAKERS = { mpsc, spmc, mpmc };

describe.each(Object.entries(MAKERS))('%s with a core', (_name, make) => {
  test('has a handle whose memory is the one of its buffer, and opens', () => {
    const ring = make(f64, { core: 'wasm', capacity: 8 });
    expect(isWasmMemory(ring.handle.memory)).toBe(true);
    expect(ring.handle.memory?.buffer).toBe(ring.handle.buffer);
    expect(open(structuredClone(ring.handle)).capacity).toBe(8);
  });

  test('does what the others do when it is full, empty, and when batches are taken apart', () => {
    const ring = make(f64, { core: 'wasm', capacity: 8 });
    for (let lap = 0; lap < 1000; lap++) {
      expect(ring.writer.offerAll([1, 2, 3, 4, 5])).toBe(5);
      expect(ring.reader.poll()).toBe(1);
      expect(ring.writer.offerAll([6, 7, 8, 9, 10])).toBe(4);
      expect(ring.writer.offer(11)).toBe(false);
      const seen: number[] = [];
      expect(ring.reader.drain((value) => seen.push(value), 3)).toBe(3);
      while (ring.reader.drain((value) => seen.push(value)) > 0);
      expect(seen).toEqual([2, 3, 4, 5, 6, 7, 8, 9]);
      expect(ring.reader.poll()).toBeUndefined();
    }
  });
});

describe('a handle with a memory', () => {
  if (wasm === undefined) return;
  const { Memory } = wasm;
  const { handle } = mpmc(f64, { core: 'wasm', capacity: 8 });

  test.each([
    ['no memory of WebAssembly', { buffer: handle.buffer }],
    ['one that is not shared', new Memory({ initial: 1, maximum: 1, shared: false })],
    ['one without a ring', new Memory({ initial: 1, maximum: 1, shared: true })],
  ])('is refused when it is %s', (_what, memory) => {
    expect(() => open({ ...handle, memory })).toThrow(BadHandleError);
  });

  test('is refused when it is larger than its ring', () => {
    const memory = new Memory({ initial: 9, maximum: 9, shared: true });
    new Uint8Array(memory.buffer).set(new Uint8Array(handle.buffer));
    expect(() => open({ ...handle, memory })).toThrow(BadHandleError);
  });
});

test('rings for one writer and one reader have no core', () => {
  expect(() => spsc(f64, { core: 'wasm' })).toThrow('core must be one of js; got "wasm"');
});

/** A thread that may not compile WebAssembly, as a page with a strict content policy. */
const WITHOUT = `
  import { parentPort, workerData } from 'node:worker_threads';
  WebAssembly.Module = class { constructor() { throw new Error('not allowed'); } };
  const { open } = await import(workerData.library);
  const [there, back] = workerData.handles.map((handle) => open(handle));
  for (const value of there.reader) back.writer.putSync(value);
  back.close();
`;

test.each([
  ['f64', f64, (i: number) => i + 0.5],
  ['utf8', utf8(), (i: number) => `no. ${i}`.repeat((i % 40) + 1)],
] as const)(
  'a thread without WebAssembly shares a ring of %s with one that has it',
  async (_name, codec, messageOf) => {
    const make = () => mpmc(codec as typeof f64, { core: 'wasm', capacity: 64 });
    const [there, back] = [make(), make()];
    const library = import.meta.resolve('millrace/ring');
    const handles = [there.handle, back.handle];
    const url = new URL(`data:text/javascript,${encodeURIComponent(WITHOUT)}`);
    const worker = new Worker(url, { workerData: { library, handles } });
    const seen: unknown[] = [];
    const reading = (async () => {
      for await (const batch of back.reader) for (const value of batch) seen.push(value);
    })();
    for (let i = 0; i < 5000; i++) await there.writer.put(messageOf(i) as number);
    there.close();
    await reading;
    expect(seen).toEqual(Array.from({ length: 5000 }, (_, i) => messageOf(i)));
    await worker.terminate();
  },
);
