import type { Frame } from './frame.ts';

/** Which part of what it sees is a reader's own, where several read the same lane. */
export interface Share {
  /** It takes every `threads`-th frame, or in every frame the records whose key says so. */
  readonly thread: number;
  readonly threads: number;
  /** In which mark the hash of the key is. */
  readonly keyMark: number | undefined;
  /** Which bit of which mark says that a record is for its stage. */
  readonly where: { readonly mark: number; readonly bit: number } | undefined;
  /** Whether it passes on the dead letters of the stages before: one of all readers does. */
  readonly forwards: boolean;
}

/** What a thread has to do with a frame. */
export interface Records<T> {
  readonly values: readonly T[];
  /** For each record, its place in its frame where that is not its index; to be added to `first`. */
  readonly origins: ArrayLike<number> | undefined;
  readonly first: number;
  readonly letters: readonly Uint8Array[];
  /** For each record, the hash of its key, where a key was asked for. */
  readonly keys: ArrayLike<number> | undefined;
}

export function isOwn({ frame }: Frame<unknown>, share: Share | undefined): boolean {
  if (share === undefined || share.keyMark !== undefined) return true;
  return frame % share.threads === share.thread;
}

/** How much of a frame counts as seen by one of the threads that all look at it. */
export function partSeen({ count }: Frame<unknown>, share: Share | undefined): number {
  return share?.keyMark === undefined ? count : count / share.threads;
}

/** @param keyMark where the hash of the key is that is wanted beside the records */
export function recordsOf<T>(frame: Frame<T>, share: Share | undefined, keyMark?: number): Records<T> {
  const origins = frame.origins();
  const keys = keyMark === undefined ? undefined : frame.marks(keyMark);
  const first = origins === undefined ? frame.first : 0;
  if (share === undefined) return { values: frame.values(), origins, first, letters: frame.letters(), keys };
  const letters = share.forwards ? frame.letters() : [];
  const chosen = choose(frame, share);
  if (chosen === undefined) return { values: frame.values(), origins, first, letters, keys };
  return {
    values: frame.values(chosen),
    origins: origins === undefined ? chosen : chosen.map((record) => origins[record] as number),
    first,
    letters,
    keys: keys && chosen.map((record) => keys[record] as number),
  };
}

/** The indices of a reader's own records; `undefined` for all of them. */
function choose(frame: Frame<unknown>, { thread, threads, keyMark, where }: Share): number[] | undefined {
  if (where === undefined && (keyMark === undefined || threads === 1)) return undefined;
  const keys = keyMark === undefined ? undefined : frame.marks(keyMark);
  const bits = where === undefined ? undefined : frame.marks(where.mark);
  const chosen: number[] = [];
  for (let record = 0; record < frame.count; record++) {
    if (keys !== undefined && (keys[record] as number) % threads !== thread) continue;
    if (bits !== undefined && (((bits[record] as number) >>> (where?.bit as number)) & 1) === 0) continue;
    chosen.push(record);
  }
  return chosen;
}
