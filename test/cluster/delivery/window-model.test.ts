import fc from 'fast-check';
import { expect, test } from 'vitest';
import { DeliveryWindow } from '../../../dist/cluster/delivery/delivery-window.js';
import { ShareReader } from '../../../dist/cluster/delivery/share-reader.js';
import { TestLog } from './shared-log.ts';

/** MILLRACE_RUNS=10000 for the long form. */
const RUNS = Number(process.env['MILLRACE_RUNS'] ?? 300);
const SLOTS = 64;
const LOG_SLOTS = 256;
const OWNERS = 3;
const LEASE_MS = 1000;

/** What the words ought to say about one message. */
interface Expected {
  span: number;
  state: 'available' | 'leased' | 'delayed' | 'done';
  until: number;
  errors: number;
  deaths: number;
}

interface Lease {
  readonly sequence: number;
  readonly token: number;
  readonly message: Expected;
}

/** The whole of one group in one partition, beside the simplest thing that could be right. */
class Pair {
  readonly log = new TestLog(new SharedArrayBuffer(TestLog.bytes(LOG_SLOTS)), LOG_SLOTS);
  readonly window = new DeliveryWindow(new SharedArrayBuffer(DeliveryWindow.bytes(SLOTS)), 0, SLOTS);
  readonly readers = Array.from(
    { length: OWNERS },
    (_, i) => new ShareReader(this.window, this.log, i + 1, 8),
  );
  /** By sequence, in order; gaps are done from the beginning. */
  readonly expected = new Map<number, Expected>();
  /** Every lease that was ever given, by owner, with the one in force for each message. */
  readonly given: Lease[][] = Array.from({ length: OWNERS }, () => []);
  readonly inForce = new Map<Expected, Lease>();
  now = 5_000_000_000_000;

  constructor(start: number) {
    this.log.start(start);
    this.window.reset(start);
  }

  append(span: number): void {
    const sequence = this.log.append(span);
    if (sequence === undefined) return;
    const state = span < 0 ? 'done' : 'available';
    this.expected.set(sequence, { span: Math.abs(span), state, until: 0, errors: 0, deaths: 0 });
  }

  /** The messages the window reaches, oldest first. */
  *#reachable(): Generator<[number, Expected]> {
    const cursor = this.log.cursor();
    for (const [sequence, message] of this.expected) {
      if (((sequence - cursor) | 0) < SLOTS) yield [sequence, message];
    }
  }

  take(owner: number, most: number): void {
    const reader = this.readers[owner] as ShareReader;
    const count = reader.take(most, this.now + LEASE_MS);
    const available = [...this.#reachable()].filter(([, { state }]) => state === 'available');
    const sequences = [...reader.sequences.subarray(0, count)];
    expect(sequences).toEqual(available.slice(0, count).map(([sequence]) => sequence));
    if (available.length > 0 && most > 0) expect(count).toBeGreaterThan(0);
    sequences.forEach((sequence, i) => {
      const message = this.expected.get(sequence) as Expected;
      expect([this.window.errors(sequence), this.window.deaths(sequence)]).toEqual([
        message.errors,
        message.deaths,
      ]);
      Object.assign(message, { state: 'leased', until: this.now + LEASE_MS });
      const lease = { sequence, token: reader.tokens[i] as number, message };
      this.given[owner]?.push(lease);
      this.inForce.set(message, lease);
    });
  }

  /** A step of a holder, with a lease that may have been lost long ago. */
  settle(
    owner: number,
    which: number,
    how: 'ack' | 'bury' | 'release' | 'nack' | 'delay' | 'extend',
    ms: number,
  ): void {
    const leases = this.given[owner] as Lease[];
    const lease = leases[which % Math.max(1, leases.length)];
    if (lease === undefined) return;
    const { sequence, token, message } = lease;
    const valid = this.inForce.get(message) === lease;
    const did = {
      ack: () => this.window.ack(sequence, token),
      bury: () => this.window.bury(sequence, token),
      release: () => this.window.release(sequence, token),
      nack: () => this.window.nack(sequence, token),
      delay: () => this.window.nack(sequence, token, this.now + ms),
      extend: () => this.window.extend(sequence, token, this.now + ms),
    }[how]();
    expect(did, `${how} of ${sequence}`).toBe(valid);
    if (valid) this.#settled(message, how, ms);
    this.#commit();
  }

  #settled(message: Expected, how: string, ms: number): void {
    if (how === 'extend') message.until = this.now + ms;
    else this.inForce.delete(message);
    if (how === 'ack' || how === 'bury') message.state = 'done';
    if (how === 'nack' || how === 'release') message.state = 'available';
    if (how === 'delay') Object.assign(message, { state: 'delayed', until: this.now + ms });
    if (how === 'nack' || how === 'delay') message.errors++;
  }

  #commit(): void {
    this.readers[0]?.advance();
    for (const [sequence, message] of this.expected) {
      if (message.state !== 'done') break;
      this.expected.delete(sequence);
    }
    const [first] = this.expected.keys();
    expect(this.log.cursor()).toBe(first ?? this.log.end);
  }

  sweep(owner: number, ms: number): void {
    this.now += ms;
    let due = 0;
    let next = Number.POSITIVE_INFINITY;
    for (const message of this.expected.values()) {
      if (message.state !== 'leased' && message.state !== 'delayed') continue;
      if (message.until > this.now) next = Math.min(next, message.until - this.now);
      else {
        due++;
        if (message.state === 'leased') message.errors++;
        message.state = 'available';
        this.inForce.delete(message);
      }
    }
    if (due > 0) expect(this.window.dueInMs(this.now)).toBe(0);
    expect(this.readers[owner]?.sweep(this.now)).toBe(due);
    expect(this.window.dueInMs(this.now)).toBe(next);
  }

  kill(owner: number, repairer: number): void {
    let had = 0;
    for (const [message, lease] of this.inForce) {
      if (!this.given[owner]?.includes(lease)) continue;
      had++;
      message.deaths++;
      message.state = 'available';
      this.inForce.delete(message);
    }
    expect(this.readers[repairer]?.repair(owner + 1, this.now)).toBe(had);
    expect(this.readers[repairer]?.repair(owner + 1, this.now)).toBe(0);
  }

  /** Whatever happened: everything still comes, once. */
  drain(): void {
    this.sweep(0, 100 * LEASE_MS);
    for (let taken = -1; taken !== 0; ) {
      const before = this.given[0]?.length ?? 0;
      this.take(0, 8);
      taken = (this.given[0]?.length ?? 0) - before;
      for (let i = before; i < before + taken; i++) this.settle(0, i, 'ack', 0);
    }
    this.#commit();
    expect(this.expected.size).toBe(0);
  }
}

const owner = fc.nat({ max: OWNERS - 1 });
const step = fc.oneof(
  fc.record({ do: fc.constant('append' as const), span: fc.constantFrom(1, 1, 1, 2, 5, -1, -3) }),
  fc.record({ do: fc.constant('take' as const), owner, most: fc.nat({ max: 8 }) }),
  fc.record({
    do: fc.constant('settle' as const),
    owner,
    which: fc.nat({ max: 30 }),
    how: fc.constantFrom('ack', 'ack', 'ack', 'bury', 'release', 'nack', 'delay', 'extend') as fc.Arbitrary<
      'ack' | 'bury' | 'release' | 'nack' | 'delay' | 'extend'
    >,
    ms: fc.integer({ min: 1, max: 5000 }),
  }),
  fc.record({ do: fc.constant('sweep' as const), owner, ms: fc.nat({ max: 1500 }) }),
  fc.record({ do: fc.constant('kill' as const), owner, repairer: owner }),
);

test('a window does what the model does, whatever the schedule', () => {
  const starts = fc.constantFrom(0, 60, 2 ** 31 - 100, -50);
  fc.assert(
    fc.property(starts, fc.array(step, { minLength: 20, maxLength: 400, size: 'max' }), (start, steps) => {
      const pair = new Pair(start);
      for (const s of steps) {
        if (s.do === 'append') pair.append(s.span);
        else if (s.do === 'take') pair.take(s.owner, s.most);
        else if (s.do === 'settle') pair.settle(s.owner, s.which, s.how, s.ms);
        else if (s.do === 'sweep') pair.sweep(s.owner, s.ms);
        else pair.kill(s.owner, s.repairer);
      }
      pair.drain();
    }),
    { numRuns: RUNS },
  );
});
