const { set, slice } = Uint8Array.prototype;

/**
 * `target.set(source, at)`, with the method found once. V8's compiler does not see through the look-up of a typed array's methods
 * (Node 20), so that each call would search along the prototypes first.
 */
export function setBytes(target: Uint8Array, source: Uint8Array, at: number): void {
  set.call(target, source, at);
}

/** `bytes.slice(from, until)`, found once as well. */
export function sliceBytes(bytes: Uint8Array, from: number, until: number): Uint8Array {
  return slice.call(bytes, from, until);
}
