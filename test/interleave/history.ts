/** One call, or one message of a call that moves several, as the outside sees it. */
export interface Operation {
  readonly thread: number;
  readonly kind: 'write' | 'full' | 'read' | 'empty' | 'close' | 'refused' | 'ended';
  readonly value: number;
  readonly began: number;
  /** Infinity for a call that never returned because its thread died: it may have happened or not. */
  ended: number;
}

export interface QueueRules {
  readonly capacity: number;
  /** Slots a message takes. */
  readonly sizeOf: (value: number) => number;
  /** Answer "full" although there is room, while another call is under way. */
  readonly weakFull: boolean;
}

/**
 * Whether there is an order of the operations, in keeping with who ended before whom began, in which a bounded
 * first-in-first-out queue gives the same answers (Wing and Gong's search, with memory of what failed).
 */
export function isLinearizable(history: readonly Operation[], rules: QueueRules): boolean {
  const threads = [...new Set(history.map(({ thread }) => thread))];
  const programs = threads.map((thread) => history.filter((each) => each.thread === thread));
  return new Search(programs, rules).from(
    programs.map(() => 0),
    [],
    'open',
  );
}

/** `closing`: writes that began before may still come in. `ended`: a reader was told that nothing will come. */
type Phase = 'open' | 'closing' | 'ended';

class Search {
  readonly #programs: readonly Operation[][];
  readonly #rules: QueueRules;
  readonly #failed = new Set<string>();
  readonly #closed: number;

  constructor(programs: readonly Operation[][], rules: QueueRules) {
    this.#programs = programs;
    this.#rules = rules;
    this.#closed = Math.min(
      ...programs.flat().map(({ kind, ended }) => (kind === 'close' ? ended : Infinity)),
    );
  }

  from(done: readonly number[], queue: readonly number[], phase: Phase): boolean {
    const next = done.map((count, i) => this.#programs[i]?.[count]);
    if (next.every((operation) => operation === undefined || operation.ended === Infinity)) return true;
    const firstEnd = Math.min(...next.map((operation) => operation?.ended ?? Infinity));
    const key = `${done}|${queue}|${phase}`;
    if (this.#failed.has(key)) return false;
    for (const [i, operation] of next.entries()) {
      // Whatever ended before this one began must come first.
      if (operation === undefined || operation.began > firstEnd) continue;
      const outcome = this.#outcome(operation, queue, phase);
      const after = done.map((count, j) => (i === j ? count + 1 : count));
      if (outcome !== undefined && this.from(after, ...outcome)) return true;
    }
    this.#failed.add(key);
    return false;
  }

  /** The queue after the operation; `undefined` where it could not have answered as it did. */
  #outcome(
    operation: Operation,
    queue: readonly number[],
    phase: Phase,
  ): [readonly number[], Phase] | undefined {
    const { value, kind, ended, began } = operation;
    const fits = this.#slots(queue) + this.#rules.sizeOf(value) <= this.#rules.capacity;
    const same: [readonly number[], Phase] = [queue, phase];
    switch (kind) {
      case 'write': {
        const inTime = phase === 'open' || (phase === 'closing' && began < this.#closed);
        return inTime && fits ? [[...queue, value], phase] : undefined;
      }
      case 'read':
        // Nobody knows what a thread had read that died.
        return queue[0] === value || (ended === Infinity && queue.length > 0)
          ? [queue.slice(1), phase]
          : undefined;
      case 'empty':
        return queue.length === 0 ? same : undefined;
      case 'close':
        return [queue, phase === 'open' ? 'closing' : phase];
      case 'refused':
        return phase === 'open' ? undefined : same;
      case 'ended':
        return phase !== 'open' && queue.length === 0 ? [queue, 'ended'] : undefined;
      default:
        return !fits || (this.#rules.weakFull && this.#isInCompany(operation)) ? same : undefined;
    }
  }

  #slots(queue: readonly number[]): number {
    return queue.reduce((sum, item) => sum + this.#rules.sizeOf(item), 0);
  }

  /** Whether a call of another thread was under way at the same time. */
  #isInCompany({ thread, began, ended }: Operation): boolean {
    const beside = (other: Operation) =>
      other.thread !== thread && other.began <= ended && other.ended >= began;
    return this.#programs.some((program) => program.some(beside));
  }
}
