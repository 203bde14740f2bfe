import { OptionError } from '../../ring/index.ts';
import { TopicError } from '../errors.ts';
import {
  type GroupMemory,
  JOINS,
  MEMBERS,
  NAME_BYTES,
  NAME_BYTES_MAX,
  ORDER,
  SEAT,
  STATE,
} from './group-memory.ts';

// What a member's state word says, below the token of its thread.
const FREE = 0;
const JOINING = 1;
const ACTIVE = 2;
/** No longer in any plan, and still holding partitions. */
const LEAVING = 3;
/** A static member that has left: the line waits for its name. */
const AWAY = 4;
const STATE_BITS = 3;
const STATE_MASK: number = (1 << STATE_BITS) - 1;

/** How a thread is known in the parking lot: where its bell is. */
export interface ThreadSeat {
  readonly number: number;
  /** The thread's token: see `tokenOf`. */
  readonly token: number;
}

/**
 * Who is in a group: a line for each member, whose number is the line's. Every change is one step on the member's state word
 * (`coordinator.ts`, 1), by a compare-and-swap from the word that was seen: of two threads that change a line, one does.
 */
export class Roster {
  readonly #memory: GroupMemory;

  constructor(memory: GroupMemory) {
    this.#memory = memory;
  }

  /** Takes a line for a thread, which is active then; its number. With an id, the line that the last member of this id had. */
  enter(seat: ThreadSeat, memberId: string): number {
    const joining = (seat.token << STATE_BITS) | JOINING;
    const member = memberId === '' ? this.#takeLine(joining) : this.#takeLineOf(memberId, joining);
    const { words } = this.#memory;
    Atomics.store(words, this.#memory.member(member, SEAT), seat.number);
    words[this.#memory.member(member, ORDER)] = Atomics.add(words, this.#memory.group(JOINS), 1);
    this.#changeState(member, joining, (seat.token << STATE_BITS) | ACTIVE);
    return member;
  }

  #takeLine(joining: number): number {
    for (let member = 1; member <= MEMBERS; member++) {
      if (this.#changeState(member, FREE, joining)) {
        this.#memory.setName(member, '');
        return member;
      }
    }
    throw new TopicError(`A group has at most ${MEMBERS} members; all of them are there.`);
  }

  #takeLineOf(memberId: string, joining: number): number {
    if (new TextEncoder().encode(memberId).length > NAME_BYTES_MAX) {
      throw new OptionError('memberId', `A memberId has at most ${NAME_BYTES_MAX} bytes: '${memberId}'.`);
    }
    for (let member = 1; member <= MEMBERS; member++) {
      const state = this.#stateOf(member);
      if (state === FREE || state === JOINING || this.#memory.nameOf(member) !== memberId) continue;
      if (this.#changeState(member, AWAY, joining)) return member;
      throw new TopicError(
        `The member '${memberId}' is in this group already; close it first, or give each member an id of its own.`,
      );
    }
    const member = this.#takeLine(joining);
    this.#memory.setName(member, memberId);
    return member;
  }

  #stateOf(member: number): number {
    return this.#stateWord(member) & STATE_MASK;
  }

  #stateWord(member: number): number {
    return Atomics.load(this.#memory.words, this.#memory.member(member, STATE));
  }

  #changeState(member: number, from: number, to: number): boolean {
    const word = this.#memory.member(member, STATE);
    return Atomics.compareExchange(this.#memory.words, word, from, to) === from;
  }

  isActive(member: number): boolean {
    return this.#stateOf(member) === ACTIVE;
  }

  /** The numbers of the active members, in the order they joined. */
  active(): number[] {
    const { words } = this.#memory;
    const orderOf = (member: number) => words[this.#memory.member(member, ORDER)] as number;
    return Array.from({ length: MEMBERS }, (_, i) => i + 1)
      .filter((member) => this.isActive(member))
      .sort((a, b) => orderOf(a) - orderOf(b));
  }

  /** The token of the thread that has the line; 0 for none. */
  threadOf(member: number): number {
    return this.#stateWord(member) >>> STATE_BITS;
  }

  /** Has a thread's member be in no further plan; it keeps its line until it is `free`. `false` when the line is not that thread's. */
  retire(member: number, token: number): boolean {
    const leaving = (token << STATE_BITS) | LEAVING;
    for (;;) {
      const word = this.#stateWord(member);
      if (word >>> STATE_BITS !== token) return false;
      if (word === leaving || this.#changeState(member, word, leaving)) return true;
    }
  }

  /** Whether the line still is that of the thread's member that was retired. */
  isRetired(member: number, token: number): boolean {
    return this.#stateWord(member) === ((token << STATE_BITS) | LEAVING);
  }

  /** Whether a line goes back to the same id. */
  isStatic(member: number): boolean {
    return this.#memory.words[this.#memory.member(member, NAME_BYTES)] !== 0;
  }

  /** Gives the line of a thread's member that was retired back, unless somebody else has. */
  free(member: number, token: number): void {
    const leaving = (token << STATE_BITS) | LEAVING;
    this.#changeState(member, leaving, this.isStatic(member) ? AWAY : FREE);
  }

  /** The seat of a member's thread, or of the last one that had its line; 0 for none. */
  seatOf(member: number): number {
    return Atomics.load(this.#memory.words, this.#memory.member(member, SEAT));
  }
}
