import type { AssignorName } from './assignor.ts';
import type { Coordinator } from './coordinator.ts';
import type { ThreadSeat } from './roster.ts';

/** What the plan in force asks of a member. */
export interface PlanChange {
  /** Partitions that it owns and is to give away. */
  readonly lost: readonly number[];
  /** Partitions that it has just become the owner of, with the owner words by which it knows its claims. */
  readonly gained: ReadonlyMap<number, number>;
}

/**
 * One member's place in its group: what it owns, and what the plan wants it to own. Used by one thread.
 *
 * A partition that changes hands is *wanted* by its new member until the old one has released it.
 */
export class Membership {
  readonly member: number;
  readonly #coordinator: Coordinator;
  readonly #seat: number;
  readonly #owned = new Map<number, number>();
  /** Owned ones that `follow` has called lost, until they are released. */
  readonly #leaving = new Set<number>();
  #wanted: number[] = [];
  #seen = 0;
  #left = false;

  constructor(coordinator: Coordinator, seat: ThreadSeat, assignor: AssignorName, memberId?: string) {
    this.#coordinator = coordinator;
    this.#seat = seat.number;
    this.member = coordinator.join(seat, assignor, memberId);
  }

  /** Whether there is a plan not seen yet, or a wanted partition has been released. One atomic load when nothing is under way. */
  get changed(): boolean {
    if (this.#left) return false;
    if (this.#coordinator.planWord !== this.#seen) return true;
    return this.#wanted.some((partition) => this.#coordinator.ownerOf(partition) === 0);
  }

  /** Whether partitions are on their way to this member. */
  get waiting(): boolean {
    return this.#wanted.length > 0;
  }

  /** Looks at the plan, and claims what is free for it. */
  follow(): PlanChange {
    const { word, targets } = this.#coordinator.read();
    this.#seen = word;
    const mine = (partition: number) => targets[partition] === this.member;
    const stays = (partition: number) => this.#owned.has(partition) && !this.#leaving.has(partition);
    const lost = [...this.#owned.keys()].filter((partition) => !mine(partition) && stays(partition));
    for (const partition of lost) this.#leaving.add(partition);
    // One that is on its way and is wanted back is claimed anew after its release: its claim is about to end.
    const missing = [...targets.keys()].filter((partition) => mine(partition) && !stays(partition));
    const gained = new Map<number, number>();
    for (const partition of missing) {
      const claim = this.#coordinator.claim(partition, this.member);
      if (claim !== 0) gained.set(partition, claim);
    }
    for (const [partition, claim] of gained) this.#owned.set(partition, claim);
    this.#wanted = missing.filter((partition) => !gained.has(partition));
    return { lost, gained };
  }

  /** Whether a claim is still good. */
  holds(partition: number, claim: number): boolean {
    return this.#coordinator.ownerWord(partition) === claim;
  }

  release(partition: number): void {
    const claim = this.#owned.get(partition);
    if (claim === undefined) return;
    this.#owned.delete(partition);
    this.#leaving.delete(partition);
    this.#coordinator.release(partition, claim);
  }

  /** Leaves the plans; releases follow, and then `left`. */
  leave(): void {
    if (this.#left) return;
    this.#left = true;
    this.#coordinator.leave(this.member, this.#seat);
  }

  left(): void {
    for (const partition of [...this.#owned.keys()]) this.release(partition);
    this.#coordinator.left(this.member);
  }
}
