import { isNode, nodeModule } from '../globals.ts';

const { set, slice } = Uint8Array.prototype;

/** `target.fill(pattern, from, until)` of Node's buffers, which works on every `Uint8Array`. */
type Fill = (this: Uint8Array, pattern: Uint8Array, from: number, until: number) => Uint8Array;
type BufferModule = { readonly Buffer: { readonly prototype: { readonly fill: Fill } } };
/**
 * V8 copies shared memory word by word, as if others could be writing it, and so do `set`, `slice` and `copy` of Node 20 to 24. `fill` does
 * not: a pattern as long as what it fills is one `memcpy` (`Fill` in Node's `src/node_buffer.cc`), by vectors. Other runtimes have a
 * `fill` of their own, of which nothing is known here.
 */
const fill = isNode() ? nodeModule<BufferModule>('node:buffer')?.Buffer.prototype.fill : undefined;
/** Bytes from which on `setBytes` is a `memcpy`: below, the call costs more than it saves. */
export const MEMCPY_LEAST: number = fill === undefined ? Number.POSITIVE_INFINITY : 2048;

/**
 * `target.set(source, at)`, with the method found once. V8's compiler does not see through the look-up of a typed array's methods
 * (Node 20), so that each call would search along the prototypes first. What is read and what is written must not overlap, and nobody else
 * may be writing into either.
 */
export function setBytes(target: Uint8Array, source: Uint8Array, at: number): void {
  const { length } = source;
  if (length >= MEMCPY_LEAST) (fill as Fill).call(target, source, at, at + length);
  else set.call(target, source, at);
}

/** The same where a caller may have passed a part of the target. */
export function moveBytes(target: Uint8Array, source: Uint8Array, at: number): void {
  if (source.length >= MEMCPY_LEAST && source.buffer === target.buffer) set.call(target, source, at);
  else setBytes(target, source, at);
}

/** `bytes.slice(from, until)`, found once as well. */
export function sliceBytes(bytes: Uint8Array, from: number, until: number): Uint8Array {
  return slice.call(bytes, from, until);
}
