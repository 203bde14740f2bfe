import type { Timer } from '../clock.ts';
import type { Group } from './group.ts';

/** How often a group is looked at; four times in `stallAfter` if that is shorter. */
const LOOK_MS = 1000;
const STALL_AFTER_MS = 30_000;

export interface WatchOptions {
  /** Messages that a group may be behind before `lag` is told, as slots. Default 0. */
  readonly lagAbove?: number;
  /** Milliseconds for which a partition may have messages of which none is acknowledged, before `stalled` is told. Default 30,000. */
  readonly stallAfter?: number;
}

export interface GroupLag {
  /** Over all partitions, as slots. */
  readonly lag: number;
  /** Since the oldest message that is not acknowledged was sent. */
  readonly ageMs: number;
}

export interface GroupStall {
  readonly partition: number;
  readonly lag: number;
  /** For how long nothing was acknowledged, as far as it was looked at. */
  readonly forMs: number;
}

export interface Watcher {
  lag(lag: GroupLag): void;
  stalled(stall: GroupStall): void;
  /** Whether anybody still listens. */
  isHeard(): boolean;
}

/** Where a partition's cursor was found, and since when it stands there with messages behind it. */
interface Standing {
  cursor: number;
  sinceMs: number;
  isTold: boolean;
}

/**
 * Looks at a group's cursors from outside, now and then, while somebody listens: whatever threads its members run in, and whether they are
 * slow, blocked or gone. They pay nothing for it. Keeps no process alive.
 */
export class GroupWatch<T, V> {
  readonly #group: Group<T, V>;
  readonly #lagAbove: number;
  readonly #stallAfterMs: number;
  readonly #watcher: Watcher;
  readonly #standing = new Map<number, Standing>();
  #timer: Timer | undefined;
  #ended = false;

  constructor(
    group: Group<T, V>,
    { lagAbove = 0, stallAfter = STALL_AFTER_MS }: WatchOptions,
    watcher: Watcher,
  ) {
    this.#group = group;
    this.#lagAbove = lagAbove;
    this.#stallAfterMs = stallAfter;
    this.#watcher = watcher;
  }

  /** Somebody listens. */
  start(): void {
    if (this.#timer !== undefined || this.#ended) return;
    this.#standing.clear();
    this.#lookAtStalls();
    this.#lookLater();
  }

  end(): void {
    this.#ended = true;
    this.#timer?.cancel();
  }

  #lookLater(): void {
    const ms = Math.min(LOOK_MS, this.#stallAfterMs / 4);
    this.#timer = this.#group.topic.clock.after(ms, () => this.#look());
  }

  #look(): void {
    this.#timer = undefined;
    if (this.#ended || !this.#watcher.isHeard()) return;
    this.#lookLater(); // First, as listeners may throw.
    this.#lookAtLag();
    for (const stall of this.#lookAtStalls()) this.#watcher.stalled(stall);
  }

  #lookAtLag(): void {
    const { lag, topic } = this.#group;
    if (lag <= this.#lagAbove) return;
    const now = topic.clock.now();
    const oldest = [...topic.logs.keys()].map((partition) => this.#group.oldestTime(partition) ?? now);
    this.#watcher.lag({ lag, ageMs: Math.max(0, now - Math.min(...oldest)) });
  }

  /** Notes where the cursors are; those that have just been standing for too long. */
  #lookAtStalls(): GroupStall[] {
    const now = this.#group.topic.clock.elapsed();
    const stalls: GroupStall[] = [];
    for (const [partition, log] of this.#group.topic.logs.entries()) {
      const lag = this.#group.lagIn(partition);
      const standing = this.#standingAt(partition, log.cursorOf(this.#group.number), lag, now);
      const forMs = now - standing.sinceMs;
      if (standing.isTold || lag === 0 || forMs < this.#stallAfterMs) continue;
      standing.isTold = true;
      stalls.push({ partition, lag, forMs });
    }
    return stalls;
  }

  #standingAt(partition: number, cursor: number, lag: number, now: number): Standing {
    const known = this.#standing.get(partition);
    if (known !== undefined && known.cursor === cursor && lag > 0) return known;
    const standing = { cursor, sinceMs: now, isTold: false };
    this.#standing.set(partition, standing);
    return standing;
  }
}
