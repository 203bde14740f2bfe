import { ACCEPTED, BEGUN } from './ledger.mjs';
import { numberOf, payload, ROOM_BYTES } from './payload.mjs';
import { Verdict } from './verdict.mjs';

/** The same for a `latest()` cell, which has nothing to lose but its newest value: `disordered` counts values that were stale. */
export class CellVerdict extends Verdict {
  /** A value that its writer had not finished is the newest or it is not. @override @param {number} lane */
  producerDied(lane) {
    const words = this.ledger.lane(lane);
    this.inDoubt += this.ledger.get(words + BEGUN) - this.ledger.get(words + ACCEPTED);
  }

  inDoubt = 0;

  /** @override */
  consumerDied() {}

  /** The newest value is still there, and a new one can be set. @param {import('millrace/ring').Latest<any>} cell @param {import('./payload.mjs').Kind} kind */
  setsAgain(cell, kind) {
    const words = this.ledger.lane(0);
    const newest = numberOf(/** @type {Uint8Array} */ (cell.get()));
    const accepted = this.ledger.get(words + ACCEPTED) - 1;
    if (newest < accepted) this.errors.push(`${newest} was the newest value at the end, not ${accepted}`);
    cell.set(payload(kind).message(0, accepted + 7, new Uint8Array(ROOM_BYTES)));
    this.refills = numberOf(/** @type {Uint8Array} */ (cell.get())) === accepted + 7;
  }

  /** @override @returns {import('./report.mjs').Report} */
  report() {
    const counts = { lost: 0, doubled: 0, holes: 0, diedWithReader: 0, redelivered: 0, inDoubtPublished: 0 };
    return { ...super.report(), ...counts, inDoubt: this.inDoubt, disordered: this.disorder };
  }
}
