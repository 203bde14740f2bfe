import { expect, test } from 'vitest';
import { DeliveryWindow } from '../../../dist/cluster/delivery/delivery-window.js';
import { ShareReader } from '../../../dist/cluster/delivery/share-reader.js';
import { seeded } from '../../threads/seeded.mjs';
import { Killed, preempt } from './preemption.ts';
import { TestLog } from './shared-log.ts';

const RUNS = Number(process.env['MILLRACE_RUNS'] ?? 1500);
const SLOTS = 64;
const OWNERS = 3;

/** A thread: what it believes to hold, and what it was told it had acknowledged. */
interface Thread {
  reader: ShareReader;
  readonly held: { sequence: number; token: number }[];
}

class World {
  readonly log = new TestLog(new SharedArrayBuffer(TestLog.bytes(256)), 256);
  readonly window = new DeliveryWindow(new SharedArrayBuffer(DeliveryWindow.bytes(SLOTS)), 0, SLOTS);
  readonly threads: Thread[] = Array.from({ length: OWNERS }, (_, i) => ({
    reader: this.reader(i),
    held: [],
  }));
  readonly appended: number[] = [];
  readonly acknowledged = new Map<number, number>();
  /** Acknowledgements that were begun: of one that a death cut short, nobody was told the outcome. */
  readonly begun = new Set<number>();
  readonly random: () => number;
  now = 1_000;

  constructor(seed: number) {
    this.random = seeded(seed);
    const start = this.pick([0, 2 ** 31 - 90, -40]);
    this.log.start(start);
    this.window.reset(start);
  }

  reader(owner: number): ShareReader {
    return new ShareReader(this.window, this.log, owner + 1, 4);
  }

  pick<T>(from: readonly T[]): T {
    return from[Math.floor(this.random() * from.length)] as T;
  }

  /** One call of a thread. What it says is noted even when another thread came in between. */
  step(owner: number): () => void {
    const thread = this.threads[owner] as Thread;
    const held = thread.held.splice(Math.floor(this.random() * thread.held.length), 1)[0];
    const choice = this.random();
    if (held === undefined || choice < 0.3) {
      if (held) thread.held.push(held);
      return () => this.take(thread);
    }
    const { sequence, token } = held;
    if (choice < 0.6) return () => this.ack(thread, sequence, token);
    if (choice < 0.7) return () => this.window.nack(sequence, token);
    if (choice < 0.8) return () => this.window.nack(sequence, token, this.now + 50);
    if (choice < 0.85)
      return () => this.window.extend(sequence, token, this.now + 80) && thread.held.push(held);
    if (choice < 0.9) return () => this.window.release(sequence, token);
    this.now += 60;
    thread.held.push(held);
    return () => thread.reader.sweep(this.now);
  }

  take(thread: Thread): void {
    const count = thread.reader.take(4, this.now + 100);
    for (let i = 0; i < count; i++) {
      thread.held.push({
        sequence: thread.reader.sequences[i] as number,
        token: thread.reader.tokens[i] as number,
      });
    }
  }

  ack(thread: Thread, sequence: number, token: number): void {
    this.begun.add(sequence);
    if (this.window.ack(sequence, token)) {
      this.acknowledged.set(sequence, (this.acknowledged.get(sequence) ?? 0) + 1);
    }
    thread.reader.advance();
  }

  append(): void {
    const span = this.pick([1, 1, 1, 3, -2]);
    const sequence = this.log.append(span);
    if (sequence !== undefined && span > 0) this.appended.push(sequence);
  }

  /** Another thread repairs the dead one, and may die over that itself. */
  bury(owner: number): void {
    const other = this.threads[(owner + 1) % OWNERS] as Thread;
    const repair = () => other.reader.repair(owner + 1, this.now);
    if (this.random() < 0.3)
      preempt(repair, Math.floor(this.random() * 40), () => {
        throw new Killed();
      });
    repair();
    this.threads[owner] = { reader: this.reader(owner), held: [] };
  }
}

function runOnce(seed: number): void {
  const world = new World(seed);
  for (let i = 0; i < 60; i++) {
    world.append();
    const owner = Math.floor(world.random() * OWNERS);
    const other = (owner + 1 + Math.floor(world.random() * (OWNERS - 1))) % OWNERS;
    const dies = world.random() < 0.15;
    const between = [world.step(other), world.step(other)];
    const survived = preempt(world.step(owner), Math.floor(world.random() * 24), () => {
      for (const call of between) call();
      world.append();
      if (dies) throw new Killed();
    });
    if (!survived) world.bury(owner);
  }
  drain(world);
  for (const sequence of world.appended) {
    const times = world.acknowledged.get(sequence) ?? 0;
    if (times > 1 || (times === 0 && !world.begun.has(sequence)))
      throw new Error(`seed ${seed}: message ${sequence} was acknowledged ${times} times`);
  }
  expect(world.log.cursor()).toBe(world.log.end);
}

/** Everybody acknowledges what he has, what is lost expires; nothing is repaired, so that nothing is looked for again. */
function drain(world: World): void {
  for (const thread of world.threads) {
    for (const { sequence, token } of thread.held.splice(0)) world.ack(thread, sequence, token);
  }
  world.now += 10_000;
  const thread = world.threads[0] as Thread;
  thread.reader.sweep(world.now);
  for (world.take(thread); thread.held.length > 0; world.take(thread)) {
    for (const { sequence, token } of thread.held.splice(0)) world.ack(thread, sequence, token);
  }
  thread.reader.advance();
}

test('with a call of another thread, or a death, at any step, every message is acknowledged once', () => {
  const from = Number(process.env['MILLRACE_SEED'] ?? 1);
  for (let seed = from; seed < from + RUNS; seed++) runOnce(seed);
});

/** A window of 64 slots, all of them leased by owner 1, for whom it is the second time. */
function leasedAll(): World {
  const world = new World(1);
  world.log.start(0);
  world.window.reset(0);
  for (let i = 0; i < SLOTS; i++) world.log.append(1);
  const reader = new ShareReader(world.window, world.log, 1, SLOTS);
  expect(reader.take(SLOTS, 100)).toBe(SLOTS);
  for (let i = 0; i < SLOTS; i++) world.window.nack(i, reader.tokens[i] as number);
  expect(reader.take(SLOTS, 100)).toBe(SLOTS);
  return world;
}

const dies = (): never => {
  throw new Killed();
};

test('a repair that is cut short anywhere, and done again, counts every death once', () => {
  for (let step = 0; step < 3 * SLOTS; step++) {
    const world = leasedAll();
    preempt(() => world.reader(1).repair(1, 10), step, dies);
    world.reader(2).repair(1, 10);
    expect(Array.from({ length: SLOTS }, (_, i) => world.window.deaths(i))).toEqual(new Array(SLOTS).fill(1));
  }
});

test('two repairs or sweeps at once count once', () => {
  for (let step = 0; step < 3 * SLOTS; step++) {
    const world = leasedAll();
    preempt(
      () => world.reader(1).repair(1, 10),
      step,
      () => world.reader(2).repair(1, 10),
    );
    expect(Array.from({ length: SLOTS }, (_, i) => world.window.deaths(i))).toEqual(new Array(SLOTS).fill(1));
    const other = leasedAll();
    preempt(
      () => other.reader(1).sweep(200),
      step,
      () => other.reader(2).sweep(200),
    );
    expect(Array.from({ length: SLOTS }, (_, i) => other.window.errors(i))).toEqual(new Array(SLOTS).fill(2));
  }
});

test('a taker that slept for a lap is not given what was done meanwhile', () => {
  for (let step = 0; step < 12; step++) {
    const world = new World(1);
    world.log.start(0);
    world.window.reset(0);
    for (let i = 0; i < 4; i++) world.log.append(1);
    const other = world.reader(1);
    const thread = world.threads[0] as Thread;
    preempt(
      () => world.take(thread),
      step,
      () => {
        world.window.reopen(0); // As a repair does, so that somebody else finds the same range.
        for (let round = 0; round < 3 * SLOTS; round++) {
          world.log.append(round < SLOTS / 2 ? 1 : 8);
          const count = other.take(4, world.now + 100);
          for (let i = 0; i < count; i++)
            world.window.ack(other.sequences[i] as number, other.tokens[i] as number);
          other.advance();
        }
      },
    );
    const cursor = world.log.cursor();
    expect(thread.held.filter(({ sequence }) => sequence < cursor)).toEqual([]);
  }
});
