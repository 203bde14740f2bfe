import { setTimeout as sleep } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import { mpmc, mpsc, spmc, spsc } from 'millrace/ring';
import { pick, seeded } from '../threads/seeded.mjs';
import { Ledger, STOP_CONSUMING, STOP_PRODUCING } from './ledger.mjs';
import { payload } from './payload.mjs';
import { Verdict } from './verdict.mjs';

/**
 * One ring, its threads, and a number of deaths.
 *
 * @typedef {'spsc' | 'mpsc' | 'spmc' | 'mpmc'} KillTopology
 * @typedef {object} RoundOptions
 * @property {KillTopology} topology
 * @property {import('./payload.mjs').Kind} kind
 * @property {number} kills
 * @property {number} seed
 * @property {number} capacity
 * @property {boolean} byValue whether consumers may poll and take: then a message may die with its reader
 */

/** @type {Record<KillTopology, [number, number]>} producers and consumers */
export const THREADS = { spsc: [1, 1], mpsc: [3, 1], spmc: [1, 3], mpmc: [2, 2] };
const MAKERS = { spsc, mpsc, spmc, mpmc };

/** How long after a repair nothing may move before that counts as blocked. */
export const BLOCKED_MS = 10;
/** When nothing moves for so long, the ring is stuck and the round is given up. */
const STUCK_MS = 5_000;
const THREAD = new URL('./thread.mjs', import.meta.url);

/** @param {RoundOptions} options */
export async function killRound(options) {
  return new Round(options).run();
}

class Round {
  /** @param {RoundOptions} options */
  constructor(options) {
    const { topology, kind, capacity, seed } = options;
    this.options = options;
    this.random = seeded(seed);
    const { codec, options: sizes } = payload(kind);
    this.ring = MAKERS[topology](/** @type {any} */ (codec), { capacity, ...sizes });
    const [producers, consumers] = THREADS[topology];
    this.ledger = Ledger.create(producers, consumers);
    this.verdict = new Verdict(this.ledger, capacity);
    /** @type {Set<Live>} */
    this.live = new Set();
    /** Whose successors have not been started yet. @type {import('./thread.mjs').ThreadData[]} */
    this.vacant = [];
  }

  async run() {
    for (let lane = 0; lane < this.ledger.lanes; lane++) this.start('producer', lane);
    for (let place = 0; place < this.ledger.places; place++) this.start('consumer', place);
    await Promise.all([...this.live].map((thread) => thread.working));
    for (let kill = 0; kill < this.options.kills && !this.verdict.stuck; kill++) await this.kill();
    await this.stop();
    return this.verdict.report();
  }

  /**
   * @param {'producer' | 'consumer'} role
   * @param {number} place
   * @param {boolean} byOwnHand whether it may end itself
   */
  start(role, place, byOwnHand = this.random() < 0.4) {
    /** @type {import('./thread.mjs').ThreadData} */
    const data = {
      role,
      place,
      seed: Math.floor(this.random() * 2 ** 31),
      kind: this.options.kind,
      ring: this.ring.handle,
      ledger: this.ledger.handle,
      end: byOwnHand ? pick(this.random, /** @type {const} */ (['exit', 'throw'])) : undefined,
      dieAfter: 1 + Math.floor(this.random() ** 3 * 20_000),
      byValue: this.options.byValue,
    };
    const thread = new Live(data);
    this.live.add(thread);
    thread.ended = this.watch(thread);
    return thread;
  }

  /** Repairs as soon as the death is known. @param {Live} thread */
  async watch(thread) {
    await thread.exit;
    this.live.delete(thread);
    this.verdict.died(thread, this.ring);
    this.ring.repair(thread.threadId);
    this.vacant.push(thread.data);
  }

  /** One death of a random thread, or of several by their own hand, and successors for them. */
  async kill() {
    const victim = pick(this.random, [...this.live]);
    await victim.working;
    await Promise.race([sleep(this.random() * 15), victim.exit]);
    void victim.worker.terminate();
    await victim.ended;
    await this.observe();
    const successors = this.vacant.splice(0).map(({ role, place }) => this.start(role, place));
    if (this.random() < 0.7) await Promise.all(successors.map((thread) => thread.working));
  }

  /** How long it takes until the other threads are seen to go on. */
  async observe() {
    const begin = performance.now();
    const { received, accepted } = this.ledger;
    for (;;) {
      const waited = performance.now() - begin;
      if (this.ledger.received !== received || this.ledger.accepted !== accepted || !this.canGoOn()) {
        if (waited > BLOCKED_MS) this.verdict.blocked(waited);
        return;
      }
      if (waited > STUCK_MS) {
        this.verdict.stuck = true;
        return;
      }
      await sleep(1);
    }
  }

  /** Whether there are a producer and a consumer left, so that something must move. */
  canGoOn() {
    const roles = [...this.live].filter(({ isWorking }) => isWorking).map(({ data }) => data.role);
    return roles.includes('consumer') && roles.includes('producer');
  }

  /** Producers first, then consumers when nothing is left; then the ring must be as good as new. */
  async stop() {
    await Promise.all([...this.live].map((thread) => Promise.race([thread.working, thread.exit])));
    this.ledger.set(STOP_PRODUCING, 1);
    await this.allEnd('producer');
    for (
      let received = -1;
      received !== this.ledger.received || this.vacant.some(({ role }) => role === 'consumer');
    ) {
      const missing = this.vacant.splice(0).filter(({ role }) => role === 'consumer');
      await Promise.all(missing.map(({ role, place }) => this.start(role, place, false).working));
      received = this.ledger.received;
      await sleep(150);
    }
    this.verdict.idle([...this.live]);
    this.ledger.set(STOP_CONSUMING, 1);
    await this.allEnd('consumer');
    this.verdict.drainRest(this.ring, payload(this.options.kind));
    if (!this.verdict.stuck) this.verdict.fillsAgain(this.ring);
  }

  /** @param {'producer' | 'consumer'} role */
  async allEnd(role) {
    const threads = [...this.live].filter(({ data }) => data.role === role);
    const ended = Promise.all(threads.map((thread) => thread.ended)).then(() => true);
    if (await Promise.race([ended, sleep(STUCK_MS, false, { ref: true })])) return;
    this.verdict.stuck = true;
    await Promise.all(threads.map(({ worker }) => worker.terminate()));
    await ended;
  }
}

/** A thread that runs, or is starting. */
class Live {
  /** @param {import('./thread.mjs').ThreadData} data */
  constructor(data) {
    this.data = data;
    this.worker = new Worker(THREAD, { workerData: data });
    /** To be read before the thread ends: afterwards it is -1. */
    this.threadId = this.worker.threadId;
    this.style = 'not begun';
    this.isWorking = false;
    /** @type {Error | undefined} */
    this.error = undefined;
    this.exit = new Promise((resolve) => this.worker.once('exit', resolve));
    const message = new Promise((resolve) => this.worker.once('message', resolve));
    this.working = Promise.race([this.exit, message.then((style) => this.#works(String(style)))]);
    /** Settles when the ring has been repaired as well. @type {Promise<void>} */
    this.ended = Promise.resolve();
    this.worker.on('error', (error) => {
      this.error = error;
    });
  }

  /** @param {string} style */
  #works(style) {
    this.style = style;
    this.isWorking = true;
  }
}

/** @typedef {Live} LiveThread */
