export type Outcome = { readonly result: unknown } | { readonly error: unknown };

/**
 * Calls a handler with one value after the other, some of them ahead of need when it is asynchronous. Records of the same key are
 * handled one after the other, in order: one is called only when the one before it has succeeded, or, where that failed and may
 * be tried again, when its turn has come, and everything before it is over.
 */
export class Calls<T> {
  readonly areSeveral: boolean;
  readonly #values: readonly T[];
  readonly #keys: ArrayLike<number> | undefined;
  readonly #call: (value: T) => Outcome;
  readonly #ahead: number;
  readonly #outcomes = new Map<number, Outcome>();
  /** The last record of each key that was looked at. */
  readonly #lastOf = new Map<number, number>();
  /** What a record waits for that is called when its turn comes. */
  readonly #turns = new Map<number, () => void>();
  #next = 0;

  /** @param keys for each record, the hash of its key; records with the same hash count as of one key */
  constructor(
    values: readonly T[],
    keys: ArrayLike<number> | undefined,
    call: (value: T) => Outcome,
    ahead: number,
  ) {
    this.areSeveral = ahead > 1;
    this.#values = values;
    this.#keys = keys;
    this.#call = call;
    this.#ahead = ahead;
  }

  /** What became of the call with a record, when everything before it is over. */
  outcomeOf(record: number): Outcome {
    if (!this.areSeveral) return this.#call(this.#values[record] as T);
    this.#next = Math.max(this.#next, record);
    while (this.#next < Math.min(this.#values.length, record + this.#ahead))
      this.#start(this.#next++, record);
    this.#turns.get(record)?.();
    this.#turns.delete(record);
    const outcome = this.#outcomes.get(record) ?? this.#call(this.#values[record] as T);
    this.#outcomes.delete(record);
    return outcome;
  }

  /** @param now the record whose turn it is: what is before it is over */
  #start(record: number, now: number): void {
    const before = this.#before(record);
    if (before === undefined || before < now) this.#keep(record, this.#call(this.#values[record] as T));
    else this.#startBehind(record, this.#outcomes.get(before));
  }

  /** The record of the same key before this one. */
  #before(record: number): number | undefined {
    if (this.#keys === undefined) return undefined;
    const key = this.#keys[record] as number;
    const before = this.#lastOf.get(key);
    this.#lastOf.set(key, record);
    return before;
  }

  /** Without a promise to wait for, it is called when its turn comes. */
  #startBehind(record: number, before: Outcome | undefined): void {
    if (before === undefined || 'error' in before || !(before.result instanceof Promise)) return;
    const turn = new Promise<void>((resolve) => this.#turns.set(record, resolve));
    const free = before.result.then(
      () => {},
      () => turn,
    );
    const result = free.then(() => resultIn(this.#call(this.#values[record] as T)));
    this.#keep(record, { result });
  }

  #keep(record: number, outcome: Outcome): void {
    if ('result' in outcome && outcome.result instanceof Promise) outcome.result.catch(() => {}); // Seen to in its turn.
    this.#outcomes.set(record, outcome);
  }
}

function resultIn(outcome: Outcome): unknown {
  if ('error' in outcome) throw outcome.error;
  return outcome.result;
}
