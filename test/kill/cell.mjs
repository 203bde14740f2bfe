import { openLatest } from 'millrace/ring';
import {
  ACCEPTED,
  BEGUN,
  CALL,
  DISORDERED,
  IN_PLACE,
  LANE_MAX,
  NO_CALL,
  RECEIVED,
  STOP_CONSUMING,
  STOP_PRODUCING,
  TORN,
} from './ledger.mjs';
import { numberOf, payload, ROOM_BYTES } from './payload.mjs';

/**
 * The threads of a `latest()` cell: one sets the numbers from 0 on, the others look. A value is stale when it is older than what
 * was set before the look began, or than what the same thread has seen.
 *
 * @typedef {import('./thread.mjs').ThreadData} ThreadData
 * @typedef {import('./ledger.mjs').Ledger} Ledger
 */

/** @param {ThreadData} data @param {Ledger} ledger @param {() => void} mayDie */
export function setCell({ ring, place, kind }, ledger, mayDie) {
  const { codec, message } = payload(kind);
  const cell = openLatest(/** @type {any} */ (ring), codec);
  const words = ledger.lane(place);
  const room = new Uint8Array(ROOM_BYTES);
  for (let number = ledger.get(words + BEGUN); ledger.get(STOP_PRODUCING) === 0; number++) {
    if (number + 1 >= LANE_MAX) return;
    ledger.set(words + BEGUN, number + 1);
    cell.set(message(place, number, room));
    ledger.set(words + ACCEPTED, number + 1);
    mayDie();
  }
}

/** @param {ThreadData} data @param {Ledger} ledger @param {() => void} mayDie */
export function getCell({ ring, place, kind }, ledger, mayDie) {
  const { codec, isWhole } = payload(kind);
  const cell = openLatest(/** @type {any} */ (ring), codec);
  const words = ledger.place(place);
  const count = (/** @type {number} */ word) => ledger.set(words + word, ledger.get(words + word) + 1);
  let last = -1;
  while (ledger.get(STOP_CONSUMING) === 0) {
    const known = ledger.get(ledger.lane(0) + ACCEPTED) - 1;
    ledger.set(words + CALL, IN_PLACE);
    const value = cell.get();
    ledger.set(words + CALL, NO_CALL);
    if (value === undefined) continue;
    const number = numberOf(value);
    if (!isWhole(value)) count(TORN);
    if (number < Math.max(known, last)) count(DISORDERED);
    last = number;
    count(RECEIVED);
    mayDie();
  }
}
