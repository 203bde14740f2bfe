/**
 * Shared memory as all logical threads see it: one flat address space over all registered buffers, with vector clocks
 * that tell which plain accesses are ordered by the atomic ones.
 *
 * An atomic load that reads a value joins the clock of the atomic write that stored it; a read-modify-write does both.
 * Two accesses of one word race when at least one is plain, at least one writes, and neither happens before the other.
 */
export interface Race {
  readonly address: number;
  readonly what: string;
  /** One of the two is an atomic load, the other a plain write. */
  readonly onlyLoads: boolean;
  readonly threads: readonly [number, number];
}

const Kind = { PlainRead: 0, PlainWrite: 1, AtomicRead: 2, AtomicWrite: 3 } as const;
const KINDS = ['plain read', 'plain write', 'atomic read', 'atomic write'];

export class MemoryModel {
  readonly threads: number;
  readonly clocks: Int32Array[] = [];
  onRace: ((race: Race) => void) | undefined;
  hashA = 0;
  hashB = 0;
  /** Words in all. */
  size = 0;
  readonly #regions: { buffer: ArrayBufferLike; words: Int32Array; base: number; start: Int32Array }[] = [];
  /** How often a word was written in this run. */
  #changes = new Int32Array(0);
  #last: Int32Array[] = [];
  #released: (Int32Array | undefined)[] = [];
  /** Which words were ever accessed plainly; only those can race. Grows over all runs. */
  #plain = new Uint8Array(0);

  constructor(threads: number) {
    this.threads = threads;
  }

  /** Makes a buffer known; its present content is what every run starts from. */
  register(buffer: ArrayBufferLike): void {
    const words = new Int32Array(buffer);
    this.#regions.push({ buffer, words, base: this.size, start: words.slice() });
    this.size += words.length;
    this.#plain = new Uint8Array(this.size);
    this.#changes = new Int32Array(this.size);
    this.#last = KINDS.map(() => new Int32Array(this.size * this.threads));
  }

  reset(): void {
    for (const { words, start } of this.#regions) words.set(start);
    this.clocks.length = 0;
    for (let t = 0; t < this.threads; t++) {
      const clock = new Int32Array(this.threads);
      clock[t] = 1;
      this.clocks.push(clock);
    }
    for (const last of this.#last) last.fill(0);
    this.#released.length = 0;
    this.#released.length = this.size;
    this.#changes.fill(0);
    this.hashA = 0;
    this.hashB = 0;
  }

  /** The flat address of a word; -1 for memory of one thread alone. */
  addressOf(words: Int32Array, index: number): number {
    const tagged = words as Int32Array & { $base?: number };
    tagged.$base ??= this.#regions.find(({ buffer }) => buffer === words.buffer)?.base ?? -1;
    return tagged.$base < 0 ? -1 : tagged.$base + index;
  }

  /** Region and word index of an address, for the trace. */
  locate(address: number): { region: number; index: number } {
    const region = this.#regions.findLastIndex(({ base }) => base <= address);
    return { region, index: address - (this.#regions[region] as { base: number }).base };
  }

  changesOf(address: number): number {
    return this.#changes[address] as number;
  }

  changed(address: number, before: number, after: number): void {
    (this.#changes[address] as number)++;
    this.hashA ^= mix(address, before, 0x9e3779b1) ^ mix(address, after, 0x9e3779b1);
    this.hashB ^= mix(address, before, 0x85ebca6b) ^ mix(address, after, 0x85ebca6b);
  }

  plainRead(thread: number, address: number): void {
    this.#plain[address] = 1;
    this.#check(thread, address, Kind.PlainRead, Kind.PlainWrite);
    this.#check(thread, address, Kind.PlainRead, Kind.AtomicWrite);
    this.#mark(thread, address, Kind.PlainRead);
  }

  plainWrite(thread: number, address: number): void {
    this.#plain[address] = 1;
    for (let kind = 0; kind < 4; kind++) this.#check(thread, address, Kind.PlainWrite, kind);
    this.#mark(thread, address, Kind.PlainWrite);
  }

  atomicRead(thread: number, address: number): void {
    const released = this.#released[address];
    if (released !== undefined) this.join(thread, released);
    if (this.#plain[address] === 0) return;
    this.#check(thread, address, Kind.AtomicRead, Kind.PlainWrite);
    this.#mark(thread, address, Kind.AtomicRead);
  }

  atomicWrite(thread: number, address: number): void {
    const clock = this.clocks[thread] as Int32Array;
    this.#released[address] = clock.slice();
    if (this.#plain[address] !== 0) {
      this.#check(thread, address, Kind.AtomicWrite, Kind.PlainWrite);
      this.#check(thread, address, Kind.AtomicWrite, Kind.PlainRead);
      this.#mark(thread, address, Kind.AtomicWrite);
    }
    clock[thread] = (clock[thread] as number) + 1;
  }

  join(thread: number, other: Int32Array): void {
    const clock = this.clocks[thread] as Int32Array;
    for (let t = 0; t < clock.length; t++) {
      if ((other[t] as number) > (clock[t] as number)) clock[t] = other[t] as number;
    }
  }

  #mark(thread: number, address: number, kind: number): void {
    const clock = this.clocks[thread] as Int32Array;
    (this.#last[kind] as Int32Array)[address * this.threads + thread] = clock[thread] as number;
  }

  #check(thread: number, address: number, kind: number, earlier: number): void {
    const clock = this.clocks[thread] as Int32Array;
    const last = this.#last[earlier] as Int32Array;
    for (let t = 0; t < this.threads; t++) {
      if (t === thread || (last[address * this.threads + t] as number) <= (clock[t] as number)) continue;
      const onlyLoads = kind + earlier === Kind.PlainWrite + Kind.AtomicRead && kind !== earlier;
      const what = `${KINDS[kind]} after ${KINDS[earlier]}`;
      this.onRace?.({ address, what, onlyLoads, threads: [thread, t] });
    }
  }
}

function mix(address: number, value: number, seed: number): number {
  if (value === 0) return 0;
  let h = Math.imul(address + 1, seed) ^ Math.imul(value, 0xc2b2ae35);
  h = Math.imul(h ^ (h >>> 15), 0x2c1b3c6d);
  return h ^ (h >>> 13);
}
