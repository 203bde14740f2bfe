/**
 * The word that says whose move it is for one message of a group's delivery window.
 *
 *   31        20 19       11 10      4     3     2    0
 *   ├───────────┼───────────┼─────────┼───────┼───────┤
 *   │ lap       │ epoch     │ owner   │ fresh │ state │
 *   └───────────┴───────────┴─────────┴───────┴───────┘
 *
 *            ┌────────────────────── lease ──────────────────────┐
 *            ▼                                                   │
 *   HELD ⇄ LEASED ──ack──▶ ACKED          DELAYED ──due──▶ AVAILABLE
 *     │      │ ├──bury──▶ DEAD               ▲                   ▲
 *     │      │ └──nack, with a delay─────────┘                   │
 *     └──────┴──nack · release · expiry · the owner's death──────┘
 *
 * A word of an older lap, or NEW, says that nobody has had the message yet. The epoch counts the leases of an entry and is
 * never set back, so a word with an owner names one lease: it is the holder's token, and a step from any other word fails.
 */
export const STATE = 7;
export const NEW = 0;
export const ACKED = 1;
/** Given up: it went to the dead letters, or nowhere. */
export const DEAD = 2;
export const AVAILABLE = 3;
/** Available again at the entry's deadline. */
export const DELAYED = 4;
/** Its owner's until it gives it back or dies: no deadline counts. Also while the owner sets a deadline. */
export const HELD = 5;
/** Its owner's until the deadline. */
export const LEASED = 6;

/** Nothing has been counted for this message: what the entry's tally says is about an earlier one. */
export const FRESH = 8;

const OWNER_SHIFT = 4;
export const OWNER_MAX = 127;
const OWNER: number = OWNER_MAX << OWNER_SHIFT;
const EPOCH_SHIFT = 11;
export const EPOCH_MAX = 511;
const EPOCH: number = EPOCH_MAX << EPOCH_SHIFT;
export const LAP_SHIFT = 20;
const LAP: number = -1 << LAP_SHIFT;

export const stateOf = (word: number): number => word & STATE;
export const ownerOf = (word: number): number => (word & OWNER) >> OWNER_SHIFT;
export const epochOf = (word: number): number => (word & EPOCH) >> EPOCH_SHIFT;
export const withState = (word: number, state: number): number => (word & ~STATE) | state;

/** Whether the word speaks of the message with this lap, rather than of one before or after it. */
export const isCurrent = (word: number, lap: number): boolean =>
  (word & LAP) === lap && (word & STATE) !== NEW;

/** Whether the word is from a later lap: the window has gone on by at least a round. */
export const isNewer = (word: number, lap: number): boolean =>
  (word & STATE) !== NEW && (((word & LAP) - lap) | 0) > 0;

/** Whether nothing is left to do for a message, given a current word. */
export const isFinal = (word: number): boolean => (word & STATE) === ACKED || (word & STATE) === DEAD;

/** Whether the owner is the one to move. */
export const isOwned = (word: number): boolean => (word & STATE) >= HELD;

/** The word of a new lease. */
export const leaseWord = (lap: number, epoch: number, owner: number, fresh: number, state: number): number =>
  lap | ((epoch & EPOCH_MAX) << EPOCH_SHIFT) | (owner << OWNER_SHIFT) | fresh | state;
