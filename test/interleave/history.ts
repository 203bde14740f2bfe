/** One call, or one message of a call that moves several, as the outside sees it. */
export interface Operation {
  readonly thread: number;
  readonly kind: Kind;
  readonly value: number;
  readonly began: number;
  /** Infinity for a call that never returned because its thread died: it may have happened or not. */
  readonly ended: number;
  /** The subscription it reads with; 0 where all readers share one cursor. */
  readonly cursor: number;
  /** Which of several rings, or levels of one. */
  readonly lane?: number;
}

export type Kind =
  | 'write'
  | 'full'
  | 'read'
  | 'empty'
  | 'close'
  | 'refused'
  | 'ended'
  /** A subscription begins with the oldest message, with the next one, and ends. */
  | 'join-oldest'
  | 'join-newest'
  | 'leave';

/** What a thing does when it is used by one thread at a time. */
export interface Sequential<State> {
  readonly start: State;
  /** Every state that the operation can leave; none where it could not have answered as it did. */
  after(state: State, operation: Operation): readonly State[];
}

/**
 * Whether there is an order of the operations, in keeping with who ended before whom began, in which the model gives
 * the same answers (Wing and Gong's search, with Lowe's memory of what failed).
 */
export function isLinearizable<State>(history: readonly Operation[], model: Sequential<State>): boolean {
  const threads = [...new Set(history.map(({ thread }) => thread))];
  const programs = threads.map((thread) => history.filter((each) => each.thread === thread));
  return new Search(programs, model).from(
    programs.map(() => 0),
    model.start,
  );
}

class Search<State> {
  readonly #programs: readonly Operation[][];
  readonly #model: Sequential<State>;
  readonly #failed = new Set<string>();

  constructor(programs: readonly Operation[][], model: Sequential<State>) {
    this.#programs = programs;
    this.#model = model;
  }

  from(done: readonly number[], state: State): boolean {
    const next = done.map((count, i) => this.#programs[i]?.[count]);
    if (next.every((operation) => operation === undefined || operation.ended === Infinity)) return true;
    const key = `${done}|${JSON.stringify(state)}`;
    if (this.#failed.has(key)) return false;
    const firstEnd = Math.min(...next.map((operation) => operation?.ended ?? Infinity));
    for (const [i, operation] of next.entries()) {
      // Whatever ended before this one began must come first.
      if (operation === undefined || operation.began > firstEnd) continue;
      const after = done.map((count, j) => (i === j ? count + 1 : count));
      if (this.#model.after(state, operation).some((outcome) => this.from(after, outcome))) return true;
    }
    this.#failed.add(key);
    return false;
  }
}

/** Whether a call of another thread was under way at the same time. */
export function isInCompany(history: readonly Operation[], { thread, began, ended }: Operation): boolean {
  return history.some((other) => other.thread !== thread && other.began <= ended && other.ended >= began);
}
