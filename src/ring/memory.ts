import { type WebAssemblyMemory, wasm } from './globals.ts';

/**
 * The views through which one buffer is read and written.
 *
 * They are made once per buffer and thread and shared by whatever works on it, so that no hot path creates
 * a view. Offsets are absolute byte offsets in the buffer; a view of n-byte elements is indexed with
 * `offset / n`, which is exact because every field is aligned to its own size.
 *
 * Numbers are little-endian in shared memory, because typed arrays use the byte order of the machine and
 * all threads of a process share it; the layout check refuses a big-endian machine.
 */
export class Memory {
  readonly buffer: ArrayBufferLike;
  readonly i8: Int8Array;
  readonly u8: Uint8Array;
  readonly i16: Int16Array;
  readonly u16: Uint16Array;
  readonly i32: Int32Array;
  readonly u32: Uint32Array;
  readonly f32: Float32Array;
  readonly f64: Float64Array;
  readonly i64: BigInt64Array;
  readonly u64: BigUint64Array;

  /** Whose buffer this is, where WebAssembly can work with it. */
  readonly wasm: WebAssemblyMemory | undefined;

  /** @param buffer a buffer whose length is a multiple of 8 bytes */
  constructor(buffer: ArrayBufferLike, wasm?: WebAssemblyMemory) {
    this.buffer = buffer;
    this.wasm = wasm;
    this.i8 = new Int8Array(buffer);
    this.u8 = new Uint8Array(buffer);
    this.i16 = new Int16Array(buffer);
    this.u16 = new Uint16Array(buffer);
    this.i32 = new Int32Array(buffer);
    this.u32 = new Uint32Array(buffer);
    this.f32 = new Float32Array(buffer);
    this.f64 = new Float64Array(buffer);
    this.i64 = new BigInt64Array(buffer);
    this.u64 = new BigUint64Array(buffer);
  }
}

/** The unit in which WebAssembly has memory. */
export const PAGE_BYTES = 65_536;

/** Fresh shared memory of so many bytes; of whole pages where WebAssembly is to work with it, and there is such memory. */
export function sharedMemory(bytes: number, forWasm: boolean): Memory {
  const memory = forWasm ? pagesFor(bytes) : undefined;
  return new Memory(memory?.buffer ?? new SharedArrayBuffer(bytes), memory);
}

/** `undefined` where a runtime has none, or gives no more: it reserves address space for each. */
function pagesFor(bytes: number): WebAssemblyMemory | undefined {
  const pages = Math.ceil(bytes / PAGE_BYTES);
  try {
    return wasm === undefined ? undefined : new wasm.Memory({ initial: pages, maximum: pages, shared: true });
  } catch {
    return undefined;
  }
}

export function isWasmMemory(memory: unknown): memory is WebAssemblyMemory {
  return wasm !== undefined && memory instanceof wasm.Memory;
}
