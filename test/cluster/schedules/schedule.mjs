/**
 * A random schedule of a bus as its users see it, and what must be true of it afterwards, whatever happened: members that
 * come, close and die in the middle of a message, handlers that fail, give back, or take too long, messages that are sent
 * twice, later, or for a short time only.
 */
import fc from 'fast-check';
import { testBus } from '../../../dist/cluster/testing/index.js';
import { json } from '../../../dist/ring/index.js';
import { faultOf } from './judge.mjs';

/**
 * @typedef {'partition' | 'key' | 'none'} Ordering
 * @typedef {'ok' | 'throw' | 'nack' | 'later' | 'dead' | 'slow' | 'stuck'} Outcome
 * @typedef {{ do: 'send', key: number, id: number | undefined, delay: number | undefined, ttl: number | undefined }
 *   | { do: 'join', concurrency: number }
 *   | { do: 'close', member: number, drain: boolean }
 *   | { do: 'kill', member: number, afterSteps: number }
 *   | { do: 'advance', ms: number }
 *   | { do: 'settle' }} Command
 * @typedef {{ seed: number, ordering: Ordering, partitions: number, capacity: number, deadLetter: boolean,
 *   outcomes: Outcome[], commands: Command[] }} Schedule
 */

const LEASE_MS = 1000;
const GROUP = 'workers';
/** More ids than a schedule has, and no more: messages that find no room must not use it up. */
const DEDUP_WINDOW = 64;
/** What `nack` asks for when a handler gives a message back for later. */
const LATER_MS = 300;

const chance = fc.record({
  do: fc.constant('send'),
  key: fc.nat(5),
  id: fc.option(fc.nat(20), { nil: undefined, freq: 2 }),
  delay: fc.option(fc.integer({ min: 1, max: 3000 }), { nil: undefined, freq: 6 }),
  ttl: fc.option(fc.integer({ min: 1, max: 3000 }), { nil: undefined, freq: 8 }),
});

const command = fc.oneof(
  { weight: 12, arbitrary: chance },
  {
    weight: 3,
    arbitrary: fc.record({ do: fc.constant('join'), concurrency: fc.integer({ min: 1, max: 4 }) }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('close'), member: fc.nat(7), drain: fc.boolean() }) },
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constant('kill'), member: fc.nat(7), afterSteps: fc.nat(12) }),
  },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('advance'), ms: fc.nat(2500) }) },
  { weight: 2, arbitrary: fc.constant({ do: 'settle' }) },
);

/** @type {fc.Arbitrary<Schedule>} */
export const schedules = /** @type {any} */ (
  fc.record({
    seed: fc.integer({ min: 1, max: 2 ** 30 }),
    ordering: fc.constantFrom('partition', 'key', 'none'),
    partitions: fc.integer({ min: 1, max: 4 }),
    capacity: fc.constantFrom(8, 16, 64),
    deadLetter: fc.boolean(),
    outcomes: fc.array(
      fc.oneof(
        { weight: 10, arbitrary: fc.constant('ok') },
        { weight: 6, arbitrary: fc.constantFrom('throw', 'nack', 'later', 'dead', 'slow', 'stuck') },
      ),
      { minLength: 1, maxLength: 12 },
    ),
    commands: fc.array(command, { minLength: 5, maxLength: 60, size: 'max' }),
  })
);

/**
 * Runs a schedule; what is wrong with what it did, `undefined` when nothing is.
 * @param {Schedule} schedule
 */
export async function run(schedule, look = (/** @type {unknown} */ _history) => {}) {
  const world = new World(schedule);
  for (const command of schedule.commands) await world.obey(command);
  await world.finish();
  look(world.history);
  return faultOf(world.history, schedule);
}

/** The bus, and everything that happens on it. */
class World {
  /** @type {import('./judge.mjs').History} */
  history = { sent: [], events: [], buried: [], unfinished: 0, overdue: [], now: 0 };
  #schedule;
  #bus;
  #topic;
  /** @type {{ consumer: any, number: number }[]} */
  #members = [];
  #joined = 0;
  /** Members that end after some steps, if they come to them. @type {any[]} */
  #doomed = [];
  /** How often the partitions of a member have changed. @type {Map<number, number>} */
  #stays = new Map();
  #healing = false;

  /** @param {Schedule} schedule */
  constructor(schedule) {
    const { seed, partitions, capacity } = schedule;
    this.#schedule = schedule;
    this.#bus = testBus({ seed });
    this.#topic = this.#bus.topic('work', json(), { partitions, capacity, dedup: { window: DEDUP_WINDOW } });
  }

  /** @param {Command} command */
  async obey(command) {
    if (command.do === 'send') this.#send(command);
    else if (command.do === 'join') this.#join(command.concurrency);
    else if (command.do === 'close') this.#close(command);
    else if (command.do === 'kill') this.#kill(command);
    else if (command.do === 'advance') await this.#bus.clock.advance(command.ms);
    else await this.#bus.settle();
  }

  /** @param {Extract<Command, { do: 'send' }>} command */
  #send({ key, id, delay, ttl }) {
    const number = this.history.sent.length;
    /** @type {import('./judge.mjs').Sent} */
    const sent = {
      number,
      key: `k${key}`,
      id: id === undefined ? undefined : `id${id}`,
      ttl,
      accepted: false,
      duplicate: false,
    };
    this.history.sent.push(sent);
    const options = {
      key: sent.key,
      ...(sent.id && { id: sent.id }),
      ...(delay && { delay }),
      ...(ttl && { ttl }),
    };
    const sending = this.#topic.send({ number }, options).then((result) => {
      sent.accepted = true;
      sent.duplicate = result.duplicate;
    });
    sending.catch(() => {}); // One that was not accepted is found by the judge.
  }

  /** @param {number} concurrency */
  #join(concurrency) {
    if (this.#members.length >= 6) return;
    const number = ++this.#joined;
    const { ordering, deadLetter } = this.#schedule;
    const retry = { attempts: deadLetter ? 3 : 1000, delay: 50, deaths: 1000 };
    const more = ordering === 'partition' ? {} : { concurrency };
    const options = { group: GROUP, ordering, retry, prefetch: 4, ...more };
    const consumer = this.#topic.consume(
      {
        ...options,
        ...(ordering === 'none' && { lease: LEASE_MS }),
        ...(deadLetter && { deadLetter: 'dead' }),
      },
      (/** @type {any} */ message) => this.#handle(number, message),
    );
    consumer.on('rebalance', () => this.#stays.set(number, this.#stayOf(number) + 1));
    this.#members.push({ consumer, number });
  }

  /** @param {number} member */
  #stayOf(member) {
    return this.#stays.get(member) ?? 0;
  }

  /** @param {number} place */
  #take(place) {
    return this.#members.splice(place % Math.max(1, this.#members.length), 1)[0];
  }

  /** @param {Extract<Command, { do: 'close' }>} command */
  #close({ member, drain }) {
    const taken = this.#take(member);
    if (taken === undefined) return;
    const closing = taken.consumer.close({ drain });
    this.#mustEnd(`member ${taken.number}`, closing);
  }

  /** Who was closed, until it has ended. @type {Set<string>} */
  #closing = new Set();

  /**
   * @param {string} who
   * @param {Promise<void>} closing
   */
  #mustEnd(who, closing) {
    this.#closing.add(who);
    const end = () => this.#closing.delete(who);
    closing.then(end, end);
  }

  /** @param {Extract<Command, { do: 'kill' }>} command */
  #kill({ member, afterSteps }) {
    const taken = this.#take(member);
    if (taken === undefined) return;
    this.#doomed.push(taken.consumer);
    this.#bus.kill(taken.consumer, { afterSteps });
  }

  /**
   * @param {number} member
   * @param {any} message
   */
  async #handle(member, message) {
    const { number } = message.value;
    const { partition, offset, attempt, id } = message;
    const stay = this.#stayOf(member);
    const delivery = { number, member, stay, partition, offset, attempt, id, delayMs: 0 };
    this.#note('begin', delivery);
    const outcome = this.#healing ? 'ok' : this.#outcome(number, attempt);
    await this.#play(outcome, message);
    if (outcome === 'later') delivery.delayMs = LATER_MS;
    this.#note(outcome === 'ok' || outcome === 'slow' || outcome === 'stuck' ? 'done' : 'failed', delivery);
    if (outcome === 'throw') throw new Error('as planned');
  }

  /**
   * @param {number} number
   * @param {number} attempt
   */
  #outcome(number, attempt) {
    const { outcomes } = this.#schedule;
    return outcomes[(number * 7 + attempt) % outcomes.length] ?? 'ok';
  }

  /**
   * @param {Outcome} outcome
   * @param {any} message
   */
  async #play(outcome, message) {
    const { deadLetter } = this.#schedule;
    if (outcome === 'nack') message.nack();
    if (outcome === 'later') message.nack({ delay: LATER_MS });
    if (outcome === 'dead' && deadLetter) message.dead('as planned');
    if (outcome === 'dead' && !deadLetter) message.nack();
    if (outcome === 'slow') await this.#sleep(LEASE_MS / 2);
    if (outcome === 'stuck') await this.#sleep(LEASE_MS * 2);
  }

  /** @param {number} ms */
  #sleep(ms) {
    return new Promise((resolve) => this.#bus.clock.after(ms, () => resolve(undefined)));
  }

  /**
   * @param {'begin' | 'done' | 'failed'} what
   * @param {Omit<import('./judge.mjs').Event, 'what' | 'at'>} delivery
   */
  #note(what, delivery) {
    this.history.events.push({ ...delivery, what, at: this.#bus.clock.now() });
  }

  /** Everybody is well from now on: what was promised must come true. */
  async finish() {
    this.#healing = true;
    this.#join(1);
    for (let round = 0; round < 24 && !this.#isDone; round++) await this.#bus.clock.advance(2500);
    await this.#bus.clock.advance(5000);
    this.history.unfinished = this.#topic.lag(GROUP);
    this.history.now = this.#bus.clock.now();
    for (const consumer of this.#doomed) this.#bus.kill(consumer);
    await this.#bus.settle();
    if (!this.#isShared) this.history.overdue.push(...this.#unequal());
    if (this.#schedule.deadLetter)
      for (const letter of this.#bus.topic('dead', json()).browse())
        this.history.buried.push(/** @type {any} */ (letter.value).number);
    this.#mustEnd('the bus', this.#bus.close());
    await this.#bus.clock.advance(5000);
    for (const who of this.#closing) this.history.overdue.push(`${who} was closed and sleeps on`);
  }

  get #isShared() {
    return this.#schedule.ordering === 'none';
  }

  /** When nothing is under way any more, every partition is read by a member, and no member has two more than another. */
  *#unequal() {
    const shares = this.#members.map(({ consumer }) => consumer.partitions);
    const counts = shares.map(({ length }) => length);
    const isWhole = new Set(shares.flat()).size === this.#schedule.partitions;
    if (isWhole && Math.max(...counts) - Math.min(...counts) <= 1) return;
    const said = this.#members.map(({ number }, i) => `member ${number} has [${shares[i]}]`);
    yield `a member sleeps over a rebalance: ${said.join(', ')} of ${this.#schedule.partitions} partitions`;
  }

  get #isDone() {
    return this.history.sent.every(({ accepted }) => accepted) && this.#topic.lag(GROUP) === 0;
  }
}
