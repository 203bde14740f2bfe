import { setTimeout as sleep } from 'node:timers/promises';
import { broadcast, latest, mpmc, mpsc, priority, spmc, spsc } from 'millrace/ring';
import { pick, seeded } from '../threads/seeded.mjs';
import { CellVerdict } from './cell-verdict.mjs';
import { BEGUN, CALL, DYING, Ledger, STOP_CONSUMING, STOP_PRODUCING } from './ledger.mjs';
import { Live } from './live.mjs';
import { payload } from './payload.mjs';
import { delayOf } from './processor.mjs';
import { Verdict } from './verdict.mjs';

/**
 * From Node 26 on, a thread that reaches its heap limit within a call of the ring was seen to go on for half a minute and
 * gigabytes before it ended. Why is not known yet; there, this way to die is left out.
 *
 * @type {readonly import('./death.mjs').OwnEnd[]}
 */
const OWN_ENDS =
  Number.parseInt(process.versions.node, 10) < 26
    ? ['exit', 'exit', 'throw', 'heap']
    : ['exit', 'exit', 'throw'];

/**
 * One ring or cell, its threads, and a number of deaths.
 *
 * @typedef {'spsc' | 'mpsc' | 'spmc' | 'mpmc' | 'mpmc-core' | 'meeting' | 'priority' | 'broadcast' |
 *   'broadcast-sole' | 'latest'} KillTopology
 * @typedef {object} RoundOptions
 * @property {KillTopology} topology
 * @property {import('./payload.mjs').Kind} kind
 * @property {number} kills at least
 * @property {number} seed
 * @property {number} capacity
 * @property {boolean} byValue whether consumers may poll and take: then a message may die with its reader
 */

/** @type {Record<KillTopology, [number, number]>} producers and consumers */
export const THREADS = {
  spsc: [1, 1],
  mpsc: [3, 1],
  spmc: [1, 3],
  mpmc: [2, 2],
  'mpmc-core': [2, 2],
  meeting: [2, 2],
  priority: [2, 2],
  broadcast: [2, 2],
  'broadcast-sole': [1, 2],
  latest: [1, 3],
};
/**
 * @param {any} codec @param {import('millrace/ring').RingOptions} options
 * @returns {import('millrace/ring').Ring<any>}
 */
const mpmcCore = (codec, options) => mpmc(codec, { ...options, core: 'wasm' });
/** Of capacity 0. @type {typeof mpmcCore} */
const meeting = (codec, options) => mpmc(codec, { ...options, capacity: 0 });
/** Each lane has a level of its own. @param {any} codec @param {import('millrace/ring').RingOptions} options */
const levels = (codec, options) => priority(codec, { ...options, levels: THREADS.priority[0] });
/** @param {any} codec @param {import('millrace/ring').RingOptions} options */
const broadcastSole = (codec, options) => broadcast(codec, { ...options, writers: 1 });
const MAKERS = {
  spsc,
  mpsc,
  spmc,
  mpmc,
  'mpmc-core': mpmcCore,
  meeting,
  priority: levels,
  broadcast,
  'broadcast-sole': broadcastSole,
};
/** Whether every place of a consumer reads everything. @param {KillTopology} topology */
export const isBroadcast = (topology) => topology.startsWith('broadcast');

/** How long after a repair nothing may move, while every thread that is left can run, before that counts as blocked. */
const BLOCKED_MS = 10;
/** When nothing moves for so long, the ring is stuck and the round is given up. */
const STUCK_MS = 5_000;
/** How long a victim is watched for the beginning of a call. */
const AIM_MS = 1;
/** How long calls take, by far the most of them. */
const CALL_MS = 0.03;

/** @param {RoundOptions} options */
export async function killRound(options) {
  return (options.topology === 'latest' ? new CellRound(options) : new RingRound(options)).run();
}

/** @template {import('./verdict.mjs').Mortal} S @template {Verdict} V */
class Round {
  /** @param {RoundOptions} options @param {S} subject @param {number} groups @param {(ledger: Ledger) => V} judge */
  constructor(options, subject, groups, judge) {
    this.options = options;
    this.subject = subject;
    this.random = seeded(options.seed);
    const [producers, consumers] = THREADS[options.topology];
    this.ledger = Ledger.create(producers, consumers, groups);
    this.verdict = judge(this.ledger);
    /** @type {Set<Live>} */
    this.live = new Set();
    /** Whose successors have not been started yet. @type {import('./thread.mjs').ThreadData[]} */
    this.vacant = [];
  }

  async run() {
    for (let lane = 0; lane < this.ledger.lanes; lane++) this.start('producer', lane);
    for (let place = 0; place < this.ledger.places; place++) this.start('consumer', place);
    await Promise.all([...this.live].map((thread) => thread.working));
    while (this.verdict.kills < this.options.kills && !this.verdict.stuck) await this.kill();
    await this.stop();
    return this.verdict.report();
  }

  /**
   * @param {'producer' | 'consumer'} role
   * @param {number} place
   * @param {boolean} byOwnHand whether it may end itself
   */
  start(role, place, byOwnHand = this.random() < 0.4) {
    const { kind, topology, byValue } = this.options;
    const end = byOwnHand ? pick(this.random, OWN_ENDS) : undefined;
    /** @type {import('./thread.mjs').ThreadData} */
    const data = {
      role,
      place,
      seed: Math.floor(this.random() * 2 ** 31),
      kind,
      topology,
      ring: this.subject.handle,
      ledger: this.ledger.handle,
      end,
      // What a codec throws is not the end of its thread.
      inCodec: kind === 'custom' && end !== 'throw' && this.random() < 0.5,
      dieAfter: 1 + Math.floor(this.random() ** 3 * 20_000),
      byValue,
    };
    this.ledger.set(this.ledger.wordsOf(role, place) + DYING, 0);
    const thread = new Live(data);
    this.live.add(thread);
    thread.ended = this.watch(thread);
    return thread;
  }

  /** Repairs as soon as the death is known. @param {Live} thread */
  async watch(thread) {
    await thread.exit;
    this.live.delete(thread);
    this.verdict.died(thread, this.subject);
    this.subject.repair(thread.threadId);
    this.vacant.push(thread.data);
  }

  /** The death of one or two threads, of more by their own hand, and successors for them. */
  async kill() {
    const first = this.victim();
    const second = this.random() < 0.5 ? this.victim() : first;
    await Promise.all([first.working, second.working]);
    if (this.random() < 0.5) this.aim(first);
    else await Promise.race([sleep(this.random() * 10), first.exit]);
    void first.terminate();
    void second.terminate();
    await Promise.all([first.ended, second.ended]);
    await this.observe();
    const successors = this.vacant.splice(0).map(({ role, place }) => this.start(role, place));
    if (this.random() < 0.4) await Promise.all(successors.map((thread) => thread.working));
  }

  /** A thread that works, if there is one. */
  victim() {
    const threads = [...this.live];
    const working = threads.filter(({ isWorking }) => isWorking);
    return pick(this.random, working.length > 0 ? working : threads);
  }

  /** Waits, without a pause, until the thread has begun a call, and for a part of what a call takes. @param {Live} thread */
  aim({ data: { role, place } }) {
    const { ledger } = this;
    const word = ledger.wordsOf(role, place) + (role === 'producer' ? BEGUN : CALL);
    const before = ledger.get(word);
    const begin = performance.now();
    while (ledger.get(word) === before && performance.now() - begin < AIM_MS);
    const instant = performance.now() + this.random() * CALL_MS;
    while (performance.now() < instant);
  }

  /**
   * How long it takes until the other threads are seen to go on. Time counts anew when a further thread is dying, which may hold
   * up the others until its death is known, and not while the machine leaves one of them without a processor. It ends with the last
   * look, of one each millisecond, at which nothing had moved: this thread may be kept from looking, too.
   */
  async observe() {
    let since = this.mark();
    let waited = 0;
    const { received, accepted } = this.ledger;
    for (;;) {
      if ([...this.live].some(({ data }) => this.isDying(data))) since = this.mark();
      if (this.ledger.received !== received || this.ledger.accepted !== accepted || !this.canGoOn()) {
        if (waited > BLOCKED_MS) this.judge(waited, waited - this.delay(since));
        return;
      }
      waited = performance.now() - since.at;
      if (waited > STUCK_MS) {
        this.verdict.stuck = true;
        return;
      }
      await sleep(1);
    }
  }

  mark() {
    const delays = new Map([...this.live].map((thread) => [thread, delayOf(thread.task)]));
    return { at: performance.now(), delays };
  }

  /**
   * How long threads, each of which may hold up the others, had to wait for a processor: one after the other at the most, which is
   * how threads that hand on to each other wait. What sleeps waits for none, so a wake-up that is lost is not hidden by this.
   * @param {ReturnType<typeof this.mark>} since
   */
  delay({ delays }) {
    const ofThread = (/** @type {Live} */ thread) =>
      Math.max(0, delayOf(thread.task) - (delays.get(thread) ?? 0));
    return [...this.live].reduce((total, thread) => total + ofThread(thread), 0);
  }

  /** @param {number} waited @param {number} able in which every one of the threads could run, at the least */
  judge(waited, able) {
    if (able > BLOCKED_MS) this.verdict.blocked(able, `of ${waited.toFixed(1)} ms: ${this.describe()}`);
    else this.verdict.stalled++;
  }

  describe() {
    const threads = [...this.live].map(
      ({ data, isWorking, style }) => `${data.role} ${isWorking ? style : 'starting'}`,
    );
    return `${JSON.stringify(this.options)} ${threads.join(', ')}`;
  }

  /** Whether something must move: there are a producer and a consumer left, or, in a broadcast ring, all of these. */
  canGoOn() {
    const able = [...this.live].filter(({ data, isWorking }) => isWorking && !this.isDying(data));
    const consumers = able.filter(({ data }) => data.role === 'consumer').length;
    return consumers >= this.ledger.groups && consumers < able.length;
  }

  /** @param {import('./thread.mjs').ThreadData} data */
  isDying({ role, place }) {
    return this.ledger.get(this.ledger.wordsOf(role, place) + DYING) !== 0;
  }

  /** Producers first, then consumers when nothing is left; then the ring must be as good as new. */
  async stop() {
    await Promise.all([...this.live].map((thread) => Promise.race([thread.working, thread.exit])));
    this.ledger.set(STOP_PRODUCING, 1);
    await this.allEnd('producer');
    await this.consumed();
    this.verdict.idle([...this.live]);
    this.ledger.set(STOP_CONSUMING, 1);
    await this.allEnd('consumer');
    this.finish();
  }

  /**
   * Until no consumer is missing, or dying with messages that it holds, and none has received anything for a while. A thread
   * that fills its heap is at it for longer than such a while.
   */
  async consumed() {
    for (let received = -1; received !== this.ledger.received || this.isShortOfConsumers(); ) {
      const missing = this.vacant.splice(0).filter(({ role }) => role === 'consumer');
      await Promise.all(missing.map(({ role, place }) => this.start(role, place, false).working));
      received = this.ledger.received;
      // In short sleeps: when the whole process was stopped, that counts as one of them, and readers get the others.
      for (let tick = 0; tick < 15; tick++) await sleep(10);
    }
  }

  isShortOfConsumers() {
    const dying = [...this.live].map(({ data }) => data).filter((data) => this.isDying(data));
    return [...this.vacant, ...dying].some(({ role }) => role === 'consumer');
  }

  finish() {}

  /** @param {'producer' | 'consumer'} role */
  async allEnd(role) {
    const threads = [...this.live].filter(({ data }) => data.role === role);
    const ended = Promise.all(threads.map((thread) => thread.ended)).then(() => true);
    if (await Promise.race([ended, sleep(STUCK_MS, false, { ref: true })])) return;
    this.verdict.stuck = true;
    await Promise.all(threads.map((thread) => thread.terminate()));
    await ended;
  }
}

/** @extends {Round<import('millrace/ring').Ring<any>, Verdict>} */
class RingRound extends Round {
  /** @param {RoundOptions} options */
  constructor(options) {
    const { topology, kind, capacity } = options;
    const { codec, options: sizes } = payload(kind);
    const make = MAKERS[/** @type {keyof typeof MAKERS} */ (topology)];
    const ring = /** @type {any} */ (make(/** @type {any} */ (codec), { capacity, ...sizes }));
    const groups = isBroadcast(topology) ? THREADS[topology][1] : 1;
    super(options, ring, groups, (ledger) => new Verdict(ledger, topology === 'meeting' ? 0 : capacity));
    if ('addSubscription' in ring) for (let i = 0; i < groups; i++) ring.addSubscription(i);
  }

  /** @override */
  finish() {
    const ring = /** @type {any} */ (this.subject);
    const groups = Array.from({ length: this.ledger.groups }, (_, i) => i);
    const readers = ring.topology === 'broadcast' ? groups.map((i) => ring.attach(i)) : [ring.reader];
    this.verdict.drainRest(readers, payload(this.options.kind));
    if (this.verdict.stuck) return;
    if (ring.topology === undefined) this.verdict.levelsFillAgain(ring);
    else this.verdict.fillsAgain(ring, readers);
    if (ring.capacity === 0) this.verdict.meetsAgain(ring);
  }
}

/** @extends {Round<import('millrace/ring').Latest<any>, CellVerdict>} */
class CellRound extends Round {
  /** @param {RoundOptions} options */
  constructor(options) {
    const { codec, options: sizes } = payload(options.kind);
    const { maxMessageSize } = /** @type {{ maxMessageSize?: number }} */ (sizes);
    const cell = latest(codec, maxMessageSize === undefined ? {} : { maxMessageSize });
    super(options, cell, 1, (ledger) => new CellVerdict(ledger, 1));
  }

  /** Nothing is consumed: readers look again and again. @override */
  async consumed() {}

  /** @override */
  finish() {
    this.verdict.setsAgain(this.subject, this.options.kind);
  }
}
