import { isInCompany, type Operation, type Sequential } from './history.ts';

export interface QueueRules {
  readonly capacity: number;
  /** Slots a message takes. */
  readonly sizeOf: (value: number) => number;
  /** When "full" may be said although there is room: never, while another call is under way, or at any time. */
  readonly full: 'strict' | 'weak' | 'any';
}

interface QueueState {
  readonly queue: readonly number[];
  /** `closing`: writes that began before may still come in. `ended`: a reader was told that nothing will come. */
  readonly phase: 'open' | 'closing' | 'ended';
}

/** A bounded first-in-first-out queue. */
export class QueueModel implements Sequential<QueueState> {
  readonly start: QueueState = { queue: [], phase: 'open' };
  readonly #history: readonly Operation[];
  readonly #rules: QueueRules;
  readonly #closed: number;

  constructor(history: readonly Operation[], rules: QueueRules) {
    this.#history = history;
    this.#rules = rules;
    this.#closed = endOfClose(history);
  }

  after(state: QueueState, operation: Operation): QueueState[] {
    const { queue, phase } = state;
    const { value, kind, ended, began } = operation;
    const fits = this.#slots(queue) + this.#rules.sizeOf(value) <= this.#rules.capacity;
    switch (kind) {
      case 'write':
        return when(fits && isInTime(phase, began, this.#closed), { queue: [...queue, value], phase });
      case 'read':
        // Nobody knows what a thread had read that died.
        return when(queue[0] === value || (ended === Infinity && queue.length > 0), {
          queue: queue.slice(1),
          phase,
        });
      case 'empty':
        return when(queue.length === 0, state);
      case 'close':
        return [{ queue, phase: phase === 'open' ? 'closing' : phase }];
      case 'refused':
        return when(phase !== 'open', state);
      case 'ended':
        return when(phase !== 'open' && queue.length === 0, { queue, phase: 'ended' });
      default:
        return when(!fits || this.#isWeak(operation), state);
    }
  }

  #isWeak(operation: Operation): boolean {
    if (this.#rules.full === 'any') return true;
    return this.#rules.full === 'weak' && isInCompany(this.#history, operation);
  }

  #slots(queue: readonly number[]): number {
    return queue.reduce((sum, item) => sum + this.#rules.sizeOf(item), 0);
  }
}

/** When the first `close` had returned: a write that began later must be refused. */
export function endOfClose(history: readonly Operation[]): number {
  return Math.min(...history.map(({ kind, ended }) => (kind === 'close' ? ended : Infinity)));
}

export function isInTime(phase: QueueState['phase'], began: number, closed: number): boolean {
  return phase === 'open' || (phase === 'closing' && began < closed);
}

export function when<State>(possible: boolean, state: State): State[] {
  return possible ? [state] : [];
}
