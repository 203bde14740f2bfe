import { select } from '../../ring/index.ts';
import type { StopControl } from '../../workers/index.ts';
import type { Clock, Timer } from '../clock.ts';
import { tellRebalance } from '../telemetry.ts';
import type { Position } from '../topic/position.ts';
import { Assignment, type AssignmentOptions } from './assignment.ts';
import { prefetchOf, type ThreadOptions } from './consume-options.ts';
import { Doorbell } from './doorbell.ts';
import type { Group } from './group.ts';
import { Membership } from './membership.ts';
import { Pace } from './pace.ts';
import { RateGate } from './rate-gate.ts';

/** How long a thread may go on without giving its event loop a turn. */
const TURN_MS = 10;

/** What a member tells whoever watches it. */
export interface MemberWatcher {
  missed?(what: { readonly partition: number; readonly missed: number }): void;
  rebalanced(change: { readonly assigned: readonly number[]; readonly revoked: readonly number[] }): void;
}

/**
 * A member of a group in this thread: the partitions it owns, as one stream of batches. It follows the group's plan between
 * batches, so what is in hand is finished before a partition goes to another member.
 */
export class Member<T, V> {
  readonly assignments: Map<number, Assignment<T, V>> = new Map();
  readonly #group: Group<T, V>;
  readonly #membership: Membership;
  readonly #doorbell: Doorbell;
  readonly #control: StopControl;
  readonly #clock: Clock;
  readonly #watcher: MemberWatcher;
  readonly #paused = new Set<number>();
  readonly #rate: RateGate | undefined;
  readonly #pace: Pace | undefined;
  readonly #assignmentOptions: AssignmentOptions;
  readonly #now: () => number;
  /** Partitions that go to other members as soon as what is in hand of them is done. */
  readonly #leaving = new Set<Assignment<T, V>>();
  /**
   * For partitions that are read ahead: starts nothing more of one, and resolves when nothing of it is in hand. It is not given away, and
   * goes to no other position, before that; the others are read on.
   */
  finish: ((assignment: Assignment<T, V>) => Promise<void>) | undefined;
  #turnEnds: number;
  #interrupted = false;
  #last = 0;
  /** What `next` has answered last. */
  #found: Assignment<T, V> | undefined;
  #timer: Timer | undefined;
  /** Whether the rate allowed nothing at the last look. */
  #wasShut = false;

  /** @param lingerMs milliseconds for which this thread may be blocked now and then, so that batches build up; 0 for never */
  constructor(
    group: Group<T, V>,
    options: ThreadOptions,
    control: StopControl,
    clock: Clock,
    watcher: MemberWatcher,
    lingerMs = 0,
  ) {
    this.#group = group;
    this.#control = control;
    this.#clock = clock;
    this.#turnEnds = clock.elapsed() + TURN_MS;
    this.#now = () => clock.now();
    this.#watcher = watcher;
    this.#membership = new Membership(
      group.coordinator,
      group.seat,
      options.assignor ?? 'sticky',
      options.memberId,
    );
    const { commit = 'auto', prefetch = prefetchOf(options, group) } = options;
    this.#assignmentOptions = {
      commit,
      prefetch,
      onMissed: (partition, missed) => watcher.missed?.({ partition, missed }),
    };
    if (options.rate !== undefined) this.#rate = new RateGate(group.memory, options.rate, clock);
    const log = group.topic.logs[0] as Group<T, V>['topic']['logs'][number];
    if (lingerMs > 0) {
      // Nothing relies on this sleep: a bell that rings within it ends it, one that rang before is heard behind it.
      const { seat } = log.lot;
      this.#pace = new Pace(() => seat.sleep(seat.listen(), lingerMs), Math.min(prefetch, log.capacity >> 2));
    }
    this.#doorbell = new Doorbell(log.lot, () => this.#membership.changed);
    control.wake.addEventListener('abort', () => this.#doorbell.ring());
  }

  /** The member's number in its group. */
  get number(): number {
    return this.#membership.member;
  }

  /** Whether the group's plan has changed: what is in hand should come to an end. */
  get isRebalancing(): boolean {
    return this.#membership.changed;
  }

  /**
   * The next assignment that has messages, with its batch open, waiting for one with the event loop free. `undefined` when the
   * member is to stop, or everything has ended.
   */
  async next(): Promise<Assignment<T, V> | undefined> {
    if (this.#found !== undefined) this.#pace?.keep(this.#found.slotsRead, this.assignments.size);
    this.#found = undefined;
    for (;;) {
      if (this.#control.signal.aborted || this.#interrupted) return undefined;
      this.#doorbell.hear();
      if (this.#membership.changed) this.#rebalance();
      const found = this.#firstWithMessages();
      this.#found = found;
      if (this.#clock.elapsed() > this.#turnEnds) {
        await this.#takeTurn();
        if (found === undefined) continue; // What the look has found may not be true any more.
      }
      if (found !== undefined) return found;
      if (this.#isDone()) return undefined;
      await this.#sleep();
      this.#turnEnds = this.#clock.elapsed() + TURN_MS;
    }
  }

  async #takeTurn(): Promise<void> {
    await this.#clock.turn();
    this.#turnEnds = this.#clock.elapsed() + TURN_MS;
  }

  #rebalance(): void {
    const { lost, gained } = this.#membership.follow();
    for (const partition of lost) this.#letGo(partition);
    for (const [partition, claim] of gained) this.#take(partition, claim);
    if (lost.length + gained.size === 0) return;
    const change = { assigned: [...gained.keys()], revoked: lost };
    tellRebalance(this.#group.topic.name, this.#group.name, change);
    this.#watcher.rebalanced(change);
  }

  /** Nothing more is read of a partition. It is released at once, or when what is in hand of it is done. */
  #letGo(partition: number): void {
    const assignment = this.assignments.get(partition) as Assignment<T, V>;
    this.assignments.delete(partition);
    if (this.finish === undefined) {
      assignment.release();
      return;
    }
    assignment.announceRelease();
    this.#leaving.add(assignment);
    void this.finish(assignment).then(() => {
      if (this.#leaving.delete(assignment)) assignment.release();
    });
  }

  #take(partition: number, claim: number): void {
    const assignment = new Assignment<T, V>(
      this.#group,
      this.#membership,
      partition,
      claim,
      this.#assignmentOptions,
      this.#control.signal,
    );
    assignment.paused = this.#paused.has(partition);
    this.assignments.set(partition, assignment);
  }

  /** Begins behind the partition that had the last turn, so that a busy one does not keep the others waiting. */
  #firstWithMessages(): Assignment<T, V> | undefined {
    this.#wasShut = this.#rate?.isShut ?? false;
    if (this.#wasShut) return undefined;
    const all = [...this.assignments.values()];
    for (let i = 0; i < all.length; i++) {
      const at = (this.#last + 1 + i) % all.length;
      const assignment = all[at] as Assignment<T, V>;
      if (!assignment.open(this.#now, this.#rate)) continue;
      this.#last = at;
      return assignment;
    }
    return undefined;
  }

  /**
   * Nothing is left to read, nothing is on its way, and nothing more is to be waited for. What the look before has left for later counts
   * as left, though its time may have come since.
   */
  #isDone(): boolean {
    if (this.#membership.waiting || this.#membership.changed) return false;
    const all = [...this.assignments.values()];
    if (this.#wasShut || all.some(({ isHeldBack }) => isHeldBack)) return false;
    if (this.#control.draining) return true;
    return this.#group.topic.closed && all.every(({ reader }) => reader.ended);
  }

  async #sleep(): Promise<void> {
    this.#wakeInTime();
    const readable = this.#rate?.isShut
      ? []
      : [...this.assignments.values()].filter(
          (one) => !one.paused && !one.isBusy && !one.isDelayed(this.#now) && !one.reader.ended,
        );
    await select([this.#doorbell, ...readable.map(({ reader }) => reader)]);
  }

  /** One timer, for the message that is to be delivered again first, or until the rate allows one. */
  #wakeInTime(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
    const now = this.#clock.now();
    let first = this.#rate?.isShut ? this.#rate.notBefore : Number.POSITIVE_INFINITY;
    for (const { notBefore } of this.assignments.values())
      if (notBefore > now) first = Math.min(first, notBefore);
    if (first !== Number.POSITIVE_INFINITY)
      this.#timer = this.#clock.after(first - now, () => this.#doorbell.ring());
  }

  /** Goes to a position before the next batch, in one partition or in all that it owns. */
  seek(position: Position, partition: number | undefined): void {
    for (const assignment of this.assignments.values())
      if (partition === undefined || assignment.partition === partition) this.#seek(assignment, position);
    this.wake();
  }

  #seek(assignment: Assignment<T, V>, position: Position): void {
    if (this.finish === undefined) {
      assignment.seekTo = position;
      return;
    }
    assignment.isBusy = true;
    void this.finish(assignment).then(() => {
      assignment.isBusy = false;
      assignment.seekTo = position;
      this.wake();
    });
  }

  /** Stops reading some partitions, or all; they stay this member's. */
  pause(partitions: readonly number[] | undefined): void {
    this.#setPaused(partitions, true);
  }

  resume(partitions: readonly number[] | undefined): void {
    this.#setPaused(partitions, false);
    this.#doorbell.ring();
  }

  /** Also for partitions that come later. */
  #setPaused(partitions: readonly number[] | undefined, paused: boolean): void {
    for (const partition of partitions ?? this.#group.topic.logs.keys()) {
      if (paused) this.#paused.add(partition);
      else this.#paused.delete(partition);
      const assignment = this.assignments.get(partition);
      if (assignment !== undefined) assignment.paused = paused;
    }
  }

  /** Has `next` look again. */
  wake(): void {
    this.#doorbell.ring();
  }

  /** Has `next` answer that there is nothing more, now and from now on. */
  interrupt(): void {
    this.#interrupted = true;
    this.wake();
  }

  /** Leaves the group: others read on from what was committed. */
  leave(): void {
    this.#timer?.cancel();
    this.#membership.leave();
    for (const assignment of [...this.assignments.values(), ...this.#leaving]) assignment.release();
    this.assignments.clear();
    this.#leaving.clear();
    this.#membership.left();
  }
}
