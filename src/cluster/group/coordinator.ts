import { OptionError } from '../../ring/index.ts';
import { ASSIGNORS, type AssignorName, assignorOf } from './assignor.ts';
import { ASSIGNOR, type GroupMemory, HOME, MEMBERS, OWNER } from './group-memory.ts';
import { type Plan, Plans } from './plans.ts';
import { Roster, type ThreadSeat } from './roster.ts';

/**
 * A group's members, and who of them reads which partition, in shared memory. There is no coordinating thread: whoever joins,
 * leaves, or learns of a death changes the membership and publishes a plan that takes the change into account.
 *
 * Order
 *   1. A change of the membership is one step on a member's state word. After it, its author publishes a plan: it
 *      loads the plan word, looks at all states, writes the targets into an area of its own, and moves the plan word on
 *      by compare-and-swap. Every plan that follows was made from a look at the states after that plan word, so no plan
 *      forgets a change that an earlier one knew.
 *   2. An area is not written while it is published: its thread writes the other one of its two. A reader of a plan
 *      loads the plan word before and after; when it is the same, nobody has written into that area meanwhile.
 *   3. A partition is claimed by compare-and-swap from nobody to the plan's target. A thread that lives loses it only by
 *      its own release; one that has died (its `exit` event) stores nothing any more, and repair releases it. So a
 *      member that finds its claim in the owner word owns the partition until it releases it itself: there is nothing between
 *      that check and the store of a cursor.
 *   4. Every change of an owner word counts its epoch up: what was handed out under an earlier claim finds another word.
 *   5. Whoever publishes a plan or releases a partition rings the bells of those whom it concerns afterwards; they read
 *      their bell before they look. So nobody sleeps over a change.
 *
 * Progress: lock-free. A plan that lost its compare-and-swap means that another was published.
 */
const MEMBER_BITS = 7;
const MEMBER_MASK: number = (1 << MEMBER_BITS) - 1;

export class Coordinator {
  readonly memory: GroupMemory;
  readonly #roster: Roster;
  readonly #plans: Plans;
  readonly #ring: (seat: number) => void;

  /** @param ring rings the bell of a seat */
  constructor(memory: GroupMemory, ring: (seat: number) => void) {
    this.memory = memory;
    this.#roster = new Roster(memory);
    this.#plans = new Plans(memory);
    this.#ring = ring;
  }

  /** Counts the plans. */
  get generation(): number {
    return this.#plans.generation;
  }

  get planWord(): number {
    return this.#plans.word;
  }

  /**
   * Adds a member and publishes a plan with it; its number. A `memberId` makes it static: it gets the line, and the
   * partitions, that the last member of this id had.
   */
  join(seat: ThreadSeat, assignor: AssignorName, memberId = ''): number {
    this.#agreeOn(assignor);
    const member = this.#roster.enter(seat, memberId); // 1.
    this.plan(seat.number);
    return member;
  }

  /** Whether the members share all partitions: see `AssignorName`. */
  get isShared(): boolean {
    const assignor = Atomics.load(this.memory.words, this.memory.group(ASSIGNOR));
    return ASSIGNORS[assignor - 1] === 'none';
  }

  /** All members of a group must plan alike. */
  #agreeOn(name: AssignorName): void {
    assignorOf(name);
    const wanted = ASSIGNORS.indexOf(name) + 1;
    const word = this.memory.group(ASSIGNOR);
    const found = Atomics.compareExchange(this.memory.words, word, 0, wanted);
    if (found === 0 || found === wanted) return;
    throw new OptionError(
      'assignor',
      `The members of this group use the assignor '${ASSIGNORS[found - 1]}', not '${name}'; use one for all.`,
    );
  }

  /** Takes a member out of all further plans. It keeps its partitions until it releases them, and then calls `left`. */
  leave(member: number, seat: number): void {
    if (!this.#roster.isActive(member)) return;
    this.#roster.retire(member, this.#roster.threadOf(member)); // 1.
    this.plan(seat);
  }

  /** Gives the member's line back: it has released every partition. */
  left(member: number): void {
    this.#roster.free(member, this.#roster.threadOf(member));
  }

  /** The numbers of the active members, in the order they joined. */
  members(): number[] {
    return this.#roster.active();
  }

  /** Publishes a plan for the members there are, and wakes them. */
  plan(seat: number): void {
    for (;;) {
      const current = this.read();
      const members = this.members();
      if (!this.#plans.publish(seat, current, this.#targetsFor(members, current.targets))) continue;
      for (const member of members) this.#wake(member); // 5.
      return;
    }
  }

  #targetsFor(members: readonly number[], previous: readonly number[]): number[] {
    const { partitions } = this.memory;
    if (members.length === 0) return Array<number>(partitions).fill(0);
    const { memory } = this;
    const homes = previous.map((target, partition) => {
      const home = Atomics.load(memory.words, memory.partition(partition, HOME));
      return members.includes(home) ? home : target;
    });
    const name = ASSIGNORS[Atomics.load(memory.words, memory.group(ASSIGNOR)) - 1] ?? 'sticky';
    return assignorOf(name)(members, partitions, homes);
  }

  #wake(member: number): void {
    const seat = this.#roster.seatOf(member);
    if (seat !== 0) this.#ring(seat);
  }

  /** The plan in force. */
  read(): Plan {
    return this.#plans.read();
  }

  ownerWord(partition: number): number {
    return Atomics.load(this.memory.words, this.memory.partition(partition, OWNER));
  }

  /** The member that reads a partition, 0 for nobody. */
  ownerOf(partition: number): number {
    return this.ownerWord(partition) & MEMBER_MASK;
  }

  /** Makes a member the owner of a partition that has none; the owner word by which it knows its claim, or 0. */
  claim(partition: number, member: number): number {
    const { memory } = this;
    const word = this.ownerWord(partition);
    if ((word & MEMBER_MASK) !== 0) return 0;
    const claimed = nextEpoch(word, member); // 4.
    const at = memory.partition(partition, OWNER);
    if (Atomics.compareExchange(memory.words, at, word, claimed) !== word) return 0; // 3.
    this.#settleHome(partition, member);
    return claimed;
  }

  /** A static member is at home in what it reads, also while it is away, until it has to give it to another while it is there. */
  #settleHome(partition: number, member: number): void {
    const { memory } = this;
    const home = memory.partition(partition, HOME);
    const former = Atomics.load(memory.words, home);
    if (former === member || (former !== 0 && !this.#roster.isActive(former))) return;
    Atomics.store(memory.words, home, this.#roster.isStatic(member) ? member : 0);
  }

  /** Ends a claim and wakes the member for which the partition is meant. `false` when it had ended already. */
  release(partition: number, claimed: number): boolean {
    const { memory } = this;
    const at = memory.partition(partition, OWNER);
    const free = nextEpoch(claimed, 0); // 4.
    if (Atomics.compareExchange(memory.words, at, claimed, free) !== claimed) return false;
    const target = this.read().targets[partition] as number;
    if (target !== 0) this.#wake(target); // 5.
    return true;
  }

  /**
   * Takes the members of an ended thread out, releases what they owned, and publishes a plan without them. The partitions
   * that they owned are told to `onLost` before they are released, and the members to `onGone` before their numbers are used again.
   * May be done again, and by several at once: what a newcomer has made of a line that was given back stays as it is.
   */
  repair(
    token: number,
    seat: number,
    onLost: (partition: number) => void = () => {},
    onGone: (member: number) => void = () => {},
  ): void {
    for (let member = 1; member <= MEMBERS; member++) {
      if (!this.#roster.retire(member, token)) continue;
      this.plan(seat); // First, so that the partitions released next go to whom they are meant for.
      this.#releaseAll(member, token, onLost);
      if (this.#roster.isRetired(member, token)) onGone(member);
      this.#roster.free(member, token);
    }
  }

  #releaseAll(member: number, token: number, onLost: (partition: number) => void): void {
    for (let partition = 0; partition < this.memory.partitions; partition++) {
      const word = this.ownerWord(partition);
      // In this order: a newcomer claims only once the line has changed, so that was the dead member's claim, or its end shows here.
      if ((word & MEMBER_MASK) !== member || !this.#roster.isRetired(member, token)) continue;
      onLost(partition);
      this.release(partition, word);
    }
  }
}

function nextEpoch(word: number, member: number): number {
  return (((word >>> MEMBER_BITS) + 1) << MEMBER_BITS) | member | 0;
}
