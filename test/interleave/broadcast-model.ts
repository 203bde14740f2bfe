import { isInCompany, type Operation, type Sequential } from './history.ts';
import { endOfClose, isInTime, type QueueRules, when } from './queue-model.ts';

/** How far a subscription has read: a number of messages of the log, known only to lie between two. */
interface Cursor {
  readonly id: number;
  readonly least: number;
  readonly most: number;
}

interface BroadcastState {
  readonly log: readonly number[];
  readonly cursors: readonly Cursor[];
  /** Where the log begins while nobody is subscribed. */
  readonly base: number;
  readonly phase: 'open' | 'closing' | 'ended';
}

/** A log that every subscription reads with a cursor of its own, and of which the slowest one keeps `capacity` slots. */
export class BroadcastModel implements Sequential<BroadcastState> {
  readonly start: BroadcastState = { log: [], cursors: [], base: 0, phase: 'open' };
  readonly #history: readonly Operation[];
  readonly #rules: QueueRules;
  readonly #closed: number;
  /** For each subscription, those that must have read a message before it. */
  readonly #gates: ReadonlyMap<number, readonly number[]>;

  constructor(
    history: readonly Operation[],
    rules: QueueRules,
    gates: ReadonlyMap<number, readonly number[]> = new Map(),
  ) {
    this.#gates = gates;
    this.#history = history;
    this.#rules = rules;
    this.#closed = endOfClose(history);
  }

  after(state: BroadcastState, operation: Operation): BroadcastState[] {
    const { phase, log } = state;
    switch (operation.kind) {
      case 'write':
        return when(this.#fits(state, operation.value) && isInTime(phase, operation.began, this.#closed), {
          ...state,
          log: [...log, operation.value],
        });
      case 'close':
        return [{ ...state, phase: phase === 'open' ? 'closing' : phase }];
      case 'refused':
        return when(phase !== 'open', state);
      case 'full':
        return when(!this.#fits(state, operation.value) || this.#isWeak(operation), state);
      case 'join-oldest':
        return [moved(state, { id: operation.cursor, least: this.#oldest(state), most: floorOf(state) })];
      case 'join-newest':
        return [moved(state, this.#newest(state, operation))];
      case 'leave':
        return [without(state, operation.cursor)];
      default:
        return this.#read(state, operation);
    }
  }

  #read(state: BroadcastState, { kind, value, ended, cursor }: Operation): BroadcastState[] {
    const { log, phase } = state;
    const own = state.cursors.find(({ id }) => id === cursor);
    if (own === undefined) return [];
    if (kind === 'read' && ended < Infinity) {
      const at = log.indexOf(value);
      return when(
        at >= own.least && at <= own.most && at < this.#reach(state, own, 'most'),
        moved(state, { id: cursor, least: at + 1, most: at + 1 }),
      );
    }
    // A reader that died has moved its cursor by as much as its call would have, or not.
    if (kind === 'read') return [moved(state, { ...own, most: Math.min(log.length, own.most + value) })];
    const atEnd = moved(state, { ...own, least: log.length });
    const end = this.#reach(state, own, 'least');
    if (kind === 'empty' && end < log.length) {
      return when(own.most >= end, moved(state, { ...own, least: Math.max(own.least, end) }));
    }
    if (kind === 'empty') return when(own.most >= log.length, atEnd);
    return when(own.most >= log.length && phase !== 'open', { ...atEnd, phase: 'ended' });
  }

  /** How far those before a subscription have read, at the least or at the most. */
  #reach({ log, cursors }: BroadcastState, own: Cursor, bound: 'least' | 'most'): number {
    const before = this.#gates.get(own.id) ?? [];
    const gates = cursors.filter(({ id }) => before.includes(id));
    return Math.min(log.length, ...gates.map((gate) => gate[bound]));
  }

  /** The oldest message that can still be there. */
  #oldest({ log }: BroadcastState): number {
    return Math.max(0, log.length - this.#rules.capacity);
  }

  /** It may begin behind writes that are still under way, and so not see what they write. */
  #newest({ log }: BroadcastState, { cursor, began, ended }: Operation): Cursor {
    const beside = this.#history.filter(
      (other) => other.kind === 'write' && other.began <= ended && other.ended >= began,
    );
    return { id: cursor, least: log.length, most: log.length + beside.length };
  }

  #fits(state: BroadcastState, value: number): boolean {
    const held = state.log.slice(floorOf(state)).reduce((sum, item) => sum + this.#rules.sizeOf(item), 0);
    return held + this.#rules.sizeOf(value) <= this.#rules.capacity;
  }

  #isWeak(operation: Operation): boolean {
    if (this.#rules.full === 'any') return true;
    return this.#rules.full === 'weak' && isInCompany(this.#history, operation);
  }
}

/** How far the slowest subscription may have read. */
function floorOf({ cursors, base }: BroadcastState): number {
  return cursors.length === 0 ? base : Math.min(...cursors.map(({ most }) => most));
}

function moved(state: BroadcastState, cursor: Cursor): BroadcastState {
  const others = state.cursors.filter(({ id }) => id !== cursor.id);
  return { ...state, cursors: [...others, cursor].sort((a, b) => a.id - b.id) };
}

function without(state: BroadcastState, cursor: number): BroadcastState {
  const cursors = state.cursors.filter(({ id }) => id !== cursor);
  return { ...state, cursors, base: floorOf(state) };
}
