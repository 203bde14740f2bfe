import { setImmediate as turn } from 'node:timers/promises';
import { parentPort, workerData } from 'node:worker_threads';
import { open, openBroadcast, openPriority, select, selectSync } from 'millrace/ring';
import { pick, seeded } from '../threads/seeded.mjs';
import { getCell, setCell } from './cell.mjs';
import { lifetime } from './death.mjs';
import {
  ACCEPTED,
  BEGUN,
  BY_VALUE,
  CALL,
  CALL_MAX,
  DISORDERED,
  DYING,
  IN_PLACE,
  LANE_MAX,
  Ledger,
  NO_CALL,
  NOTED,
  NOTES,
  NOTES_MAX,
  RECEIVED,
  RETURNED,
  SEEN_BEGUN,
  STOP_CONSUMING,
  STOP_PRODUCING,
  TORN,
} from './ledger.mjs';
import { laneOf, numberOf, payload, ROOM_BYTES, userCode } from './payload.mjs';
import { ownTask } from './processor.mjs';

/**
 * A producer or a consumer that works at full speed until it is told to stop, or dies: by `terminate` from outside, or,
 * after `dieAfter` messages, by its own hand.
 *
 * @typedef {object} ThreadData
 * @property {'producer' | 'consumer'} role
 * @property {number} place the lane of a producer, the place of a consumer
 * @property {number} seed
 * @property {import('./payload.mjs').Kind} kind
 * @property {import('./round.mjs').KillTopology} topology
 * @property {import('millrace/ring').RingHandle} ring
 * @property {import('./ledger.mjs').LedgerHandle} ledger
 * @property {import('./death.mjs').OwnEnd | undefined} end
 * @property {boolean} inCodec whether it ends within the codec, when that is the user's own
 * @property {number} dieAfter
 * @property {boolean} byValue whether consumers may use calls that give one message
 */
const data = /** @type {ThreadData} */ (workerData);
const random = seeded(data.seed);
const ledger = new Ledger(data.ledger);
const { codec, message, isWhole } = payload(data.kind);
const WAIT_MS = 20;
const ownWords = ledger.wordsOf(data.role, data.place);
const dies = lifetime(data.end, data.dieAfter, () => ledger.set(ownWords + DYING, 1));
const mayDie = data.inCodec ? () => {} : dies;
if (data.inCodec) userCode.mayDie = dies;

/** Tells the main thread that the work begins, in which way and in which thread of the system. @param {string} style */
const begins = (style) => parentPort?.postMessage({ style, task: ownTask() });

/** Where an offer finds nobody unless a reader waits, and a look nothing unless a writer does, one side must wait now and then. */
const meets = data.topology === 'meeting';

/** In a priority ring a lane has a level of its own. */
const ofLane = { timeout: WAIT_MS, level: data.place };
const openRing = () =>
  /** @type {import('millrace/ring').Ring<Uint8Array>} */ (
    data.topology === 'priority'
      ? openPriority(/** @type {any} */ (data.ring), codec)
      : open(data.ring, codec)
  );

async function produce() {
  const words = ledger.lane(data.place);
  const writer = /** @type {import('millrace/ring').PriorityWriter<Uint8Array, unknown>} */ (
    /** @type {unknown} */ (openRing().writer)
  );
  const style = pick(random, ['offer', 'putSync', 'put', 'offerAll', 'offerAll']);
  let number = ledger.get(words + BEGUN);
  let full = false;
  const rooms = Array.from({ length: CALL_MAX }, () => new Uint8Array(ROOM_BYTES));
  ledger.set(words + ACCEPTED, number);
  begins(style);
  while (ledger.get(STOP_PRODUCING) === 0 && number + 64 < LANE_MAX) {
    /** @type {string} */
    const call = full && (style === 'offerAll' || meets) ? (style === 'put' ? 'put' : 'putSync') : style;
    /** @type {number} */
    const many = call === 'offerAll' ? 1 + Math.floor(random() * CALL_MAX) : 1;
    const messages = rooms.slice(0, many).map((room, i) => message(data.place, number + i, room));
    const first = /** @type {Uint8Array} */ (messages[0]);
    ledger.set(words + BEGUN, number + many);
    let accepted = 0;
    if (call === 'offerAll') accepted = writer.offerAll(messages, ofLane);
    else if (call === 'offer') accepted = writer.offer(first, ofLane) ? 1 : 0;
    else if (call === 'putSync') accepted = writer.putSync(first, ofLane) ? 1 : 0;
    else accepted = await writer.put(first, ofLane).then(one, none);
    full = accepted < many;
    number += accepted;
    ledger.set(words + ACCEPTED, number);
    ledger.set(words + BEGUN, number);
    if (accepted > 0) mayDie();
  }
}

const one = () => 1;
/** @param {Error & { code?: string }} error */
function none(error) {
  if (error.code === 'MILLRACE_TIMEOUT') return 0;
  throw error;
}

const place = ledger.place(data.place);
const group = ledger.groupOf(data.place);
/** @type {number[]} */
const last = Array.from({ length: ledger.lanes }, () => -1);

/** Whether a call that has not returned takes no message with it. */
let promises = false;

/** @param {number} kind */
function begin(kind) {
  ledger.set(place + NOTED, 0);
  ledger.set(place + RETURNED, promises ? 0 : 1);
  for (let lane = 0; kind === BY_VALUE && lane < ledger.lanes; lane++) {
    ledger.set(place + SEEN_BEGUN + lane, ledger.get(ledger.lane(lane) + BEGUN));
  }
  ledger.set(place + CALL, kind);
}

function end() {
  ledger.set(place + CALL, NO_CALL);
}

/** Notes first, because the thread may die here, and checks afterwards. @param {any} shown */
function receive(shown) {
  const lane = laneOf(shown);
  const number = numberOf(shown);
  const noted = ledger.get(place + NOTED);
  if (noted >= NOTES_MAX) throw new Error('a call showed more messages than fit in the ring');
  ledger.set(place + NOTES + noted, ledger.id(group, lane, number));
  ledger.set(place + NOTED, noted + 1);
  if (isWhole(shown) && lane < ledger.lanes && number < LANE_MAX) ledger.count(group, lane, number);
  else ledger.set(place + TORN, ledger.get(place + TORN) + 1);
  ledger.set(place + RECEIVED, ledger.get(place + RECEIVED) + 1);
  if (number <= /** @type {number} */ (last[lane]))
    ledger.set(place + DISORDERED, ledger.get(place + DISORDERED) + 1);
  last[lane] = number;
  mayDie();
}

const BY_VALUE_STYLES = ['poll', 'takeSync', 'take'];
const IN_PLACE_STYLES = ['drain', 'drain few', 'drainSync', 'select', 'selectSync', 'batch', 'for await'];

/** A broadcast ring has a subscription for every place, which outlives its readers. */
function attach() {
  if (data.topology.startsWith('broadcast')) return openBroadcast(data.ring, codec).attach(data.place);
  return openRing().reader;
}

async function consume() {
  const reader = attach();
  const styles = data.byValue ? [...BY_VALUE_STYLES, ...IN_PLACE_STYLES] : IN_PLACE_STYLES;
  const style = pick(random, styles);
  const returned = place + RETURNED;
  const { words } = ledger;
  promises = ['poll', 'takeSync'].includes(style) && !data.topology.startsWith('broadcast');
  begins(style);
  while (ledger.get(STOP_CONSUMING) === 0) {
    const kind = BY_VALUE_STYLES.includes(style) ? BY_VALUE : IN_PLACE;
    begin(kind);
    if (style === 'poll') {
      const value = reader.poll();
      words[returned] = 1; // Plainly: a thread can be ended at the entry of any function, `Atomics.store` among them.
      receiveIf(value);
    } else if (style === 'takeSync') {
      const value = reader.takeSync({ timeout: WAIT_MS });
      words[returned] = 1;
      receiveIf(value);
    } else if (style === 'take') receiveIf(await reader.take({ timeout: WAIT_MS }).catch(none));
    else if (style === 'drain') reader.drain(receive);
    else if (style === 'drain few') reader.drain(receive, 1 + Math.floor(random() * 4));
    else if (style === 'drainSync') reader.drainSync(receive, { timeout: WAIT_MS });
    else if (style === 'select') await selected();
    else if (style === 'selectSync') selectSync([reader], { timeout: WAIT_MS })?.drain(receive);
    else if (style === 'batch') await batch();
    else await batches();
    end();
  }

  async function selected() {
    const found = await select([reader], { timeout: WAIT_MS }).catch(none);
    if (typeof found !== 'number') found.drain(receive);
  }

  /** A handler that awaits now and then, and sometimes gives up half-way. */
  async function batch() {
    const open = reader.batch();
    if (open === undefined) return;
    for (const shown of open) {
      receive(shown);
      if (random() < 0.01) await turn();
    }
    open.release();
  }

  /**
   * `for await` holds its batch until it asks for the next one; so the call that the ledger knows of goes on until then.
   * While it waits, only an exit ends it.
   */
  async function batches() {
    setInterval(() => ledger.get(STOP_CONSUMING) !== 0 && process.exit(), WAIT_MS);
    for await (const batch of reader) {
      begin(IN_PLACE);
      for (const shown of batch) receive(shown);
    }
  }
}

/** @param {unknown} value */
function receiveIf(value) {
  if (value !== undefined && value !== 0) receive(value);
}

if (data.topology === 'latest') {
  begins('cell');
  (data.role === 'producer' ? setCell : getCell)(data, ledger, mayDie);
} else await (data.role === 'producer' ? produce() : consume());
parentPort?.close();
