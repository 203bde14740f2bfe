import { once } from 'node:events';
import { setEnvironmentData, Worker } from 'node:worker_threads';
import { createBus, guard, memory } from 'millrace';
import { Heaps } from './heaps.mjs';
import { Ledger } from './ledger.mjs';
import { HEAP_GROWTH_MIB, keptTooMuch, limitsOf, RECENT_LOOKS, RSS_GROWTH_MIB, rssMib } from './limits.mjs';
import { handlerOf } from './member.mjs';
import { groups, SENDERS, topics } from './topics.mjs';

/** How long a thread may take to say how large its heap is. */
const ANSWER_MS = 30_000;
/** Part of the messages after which memory must not grow any more. */
const WARM_UP = 0.1;
const tick = (ms = 1) => new Promise((resolve) => setTimeout(resolve, ms));
const names = Object.keys(topics);

/**
 * Sends so many messages through all topics, from threads to threads, and looks at memory every `intervalMs`. What is wrong is in `faults`.
 * @param {{ messages: number, intervalMs: number, leaks?: boolean, tell?: (line: string) => void }} options
 */
export async function run({ messages, intervalMs, leaks = false, tell = () => {} }) {
  const world = new World(leaks);
  tell(world.bounds);
  const began = performance.now();
  await world.start();
  while (world.sent < messages && world.faults.length === 0) {
    await world.sleep(intervalMs, messages);
    await world.check(world.sent / messages, tell);
  }
  await world.finish();
  return { messages: world.sent, seconds: (performance.now() - began) / 1000, faults: world.faults };
}

class World {
  /** @type {string[]} */
  faults = [];
  #bus = createBus(memory());
  #topics = names.map((name) => {
    const { codec, options } = /** @type {any} */ (topics[name]);
    return this.#bus.topic(name, codec, options);
  });
  #ledgerBuffer = new SharedArrayBuffer(Ledger.bytes);
  #heapsBuffer = new SharedArrayBuffer(Heaps.bytes);
  #ledger = new Ledger(this.#ledgerBuffer);
  #heaps = new Heaps(this.#heapsBuffer);
  #sent = new Float64Array(new SharedArrayBuffer(8 * SENDERS * names.length));
  #stop = new Int32Array(new SharedArrayBuffer(4));
  #threads =
    SENDERS + groups.reduce((sum, { inMain, options }) => sum + (inMain ? 0 : (options.threads ?? 1)), 0);
  #limits = limitsOf(this.#topics, this.#threads + 1);
  /** The process at the last looks: young generations of ten threads come and go, a leak stays. @type {number[]} */
  #recent = [];
  /** Memory after the warm-up. @type {{ rss: number, heaps: number[] } | undefined} */
  #settled;
  /** @type {Promise<unknown>[]} */
  #ends = [];

  /** @param {boolean} leaks */
  constructor(leaks) {
    setEnvironmentData('bounds', { ledger: this.#ledgerBuffer, heaps: this.#heapsBuffer, leaks });
  }

  get bounds() {
    const { sharedMiB, heapMiB, rssMiB } = this.#limits;
    return (
      `${this.#threads} threads beside the main one, ${groups.length} groups, ${names.length} topics in ${sharedMiB.toFixed(0)} MiB of shared memory. Bounds: ` +
      `each thread keeps at most ${heapMiB} MiB on its heap, and ${HEAP_GROWTH_MIB} more than after the first tenth of the messages; ` +
      `the process takes at most ${rssMiB.toFixed(0)} MiB, and at the least of ${RECENT_LOOKS} looks ${RSS_GROWTH_MIB} more than then.`
    );
  }

  async start() {
    for (const { topic, options, inMain } of groups) {
      const { group } = options;
      const handler = inMain
        ? handlerOf(group, this.#heaps)
        : new URL(`./member.mjs?group=${group}`, import.meta.url);
      const consumer = this.#bus.topic(topic).consume(options, handler);
      consumer.results.catch((error) => this.faults.push(`group ${group} failed: ${error.message}`));
    }
    for (let from = 0; from < SENDERS; from++) await this.#startSender(from);
  }

  /** @param {number} from */
  async #startSender(from) {
    const workerData = { from, sent: this.#sent, stop: this.#stop, heaps: this.#heapsBuffer };
    const worker = new Worker(new URL('./sender.mjs', import.meta.url), { workerData });
    guard(worker, [this.#bus]);
    worker.on('error', (error) => this.faults.push(`sender ${from} failed: ${error.message}`));
    this.#ends.push(once(worker, 'exit'));
    await once(worker, 'message');
  }

  /** How many messages were sent, without those for whom their id was known. */
  get sent() {
    return this.#sent.reduce((sum, count) => sum + count, 0);
  }

  /** @param {number} ms @param {number} messages */
  async sleep(ms, messages) {
    const end = performance.now() + ms;
    while (performance.now() < end && this.sent < messages) await tick(Math.min(ms, 50));
  }

  /**
   * @param {number} part of all messages
   * @param {(line: string) => void} tell
   */
  async check(part, tell) {
    const heaps = await this.#askHeaps();
    const rss = rssMib();
    const largest = Math.max(...heaps);
    tell(
      `${(100 * part).toFixed(0)} %: ${this.sent} messages, rss ${rss.toFixed(0)} MiB, largest heap ${largest.toFixed(1)} MiB`,
    );
    if (part >= WARM_UP) this.#settled ??= { rss, heaps };
    this.faults.push(...keptTooMuch(this.#topics), ...this.#grown(rss, heaps));
    if (this.#ledger.faults > 0)
      this.faults.push(`${this.#ledger.faults} messages were not as they should be`);
  }

  /** @param {number} rss @param {number[]} heaps @returns {Generator<string>} */
  *#grown(rss, heaps) {
    const { rss: rssThen, heaps: heapsThen } = this.#settled ?? { rss, heaps };
    const { heapMiB, rssMiB } = this.#limits;
    if (rss > rssMiB) yield `the process takes ${rss.toFixed(0)} MiB`;
    this.#recent = [...this.#recent, rss].slice(-RECENT_LOOKS);
    const least = Math.min(...this.#recent);
    if (least > rssThen + RSS_GROWTH_MIB)
      yield `the process has grown from ${rssThen.toFixed(0)} to ${least.toFixed(0)} MiB`;
    for (const [thread, heap] of heaps.entries()) {
      const then = heapsThen[thread] ?? heap;
      if (heap > heapMiB) yield `thread ${thread} keeps ${heap.toFixed(1)} MiB`;
      if (heap > then + HEAP_GROWTH_MIB)
        yield `what thread ${thread} keeps has grown from ${then.toFixed(1)} to ${heap.toFixed(1)} MiB`;
    }
  }

  async #askHeaps() {
    this.#heaps.ask();
    for (const end = performance.now() + ANSWER_MS; performance.now() < end; await tick(2)) {
      const answers = this.#heaps.answers.filter((heap) => heap !== undefined);
      if (answers.length === this.#threads + 1) return answers;
    }
    this.faults.push(`not every thread has said within ${ANSWER_MS} ms how large its heap is`);
    return this.#heaps.answers.map((heap) => heap ?? 0);
  }

  /** Lets everything arrive, and counts it. */
  async finish() {
    Atomics.store(this.#stop, 0, 1);
    await Promise.all(this.#ends);
    const due = () => groups.filter((_, i) => this.#ledger.count(i) < this.#expected(i));
    for (const end = performance.now() + ANSWER_MS; due().length > 0 && performance.now() < end; )
      await tick();
    await tick(20); // Whatever comes that should not.
    for (const [i, { options }] of groups.entries()) {
      const [got, expected] = [this.#ledger.count(i), this.#expected(i)];
      if (got !== expected) this.faults.push(`group ${options.group} got ${got} of ${expected} messages`);
    }
    if (this.#ledger.faults > 0)
      this.faults.push(`${this.#ledger.faults} messages were not as they should be`);
    await this.#bus.close();
  }

  /** @param {number} group */
  #expected(group) {
    const at = names.indexOf(/** @type {any} */ (groups[group]).topic);
    return Array.from({ length: SENDERS }, (_, from) => this.#sent[from * names.length + at] ?? 0).reduce(
      (a, b) => a + b,
      0,
    );
  }
}
