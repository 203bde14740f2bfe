import { channel } from 'node:diagnostics_channel';
import { createBus, f64, memory, ratesBetween, type TelemetryEvent } from 'millrace';
import { testBus } from 'millrace/testing';
import { afterEach, expect, test } from 'vitest';

let bus = createBus(memory());

afterEach(async () => {
  await bus.close();
  bus = createBus(memory());
});

test('counts what was written, acknowledged, delivered again and given up', async () => {
  const topic = bus.topic('counted', f64, { partitions: 2 });
  topic.consume({ group: 'idle' }, () => {}).pause();
  topic.consume(
    { group: 'g', retry: { attempts: 2, delay: 0 }, deadLetter: 'counted.dead' },
    ({ value, attempt }) => {
      if (value === 1 || (value === 2 && attempt === 1)) throw new Error('no');
    },
  );
  for (let i = 0; i < 10; i++) topic.offer(i, { partition: i % 2 });
  while (topic.lag('g') > 0) await new Promise((resolve) => setTimeout(resolve, 1));
  const { partitions, groups } = topic.metrics();
  expect(partitions.map(({ written }) => written)).toEqual([5, 5]);
  expect(groups['g']).toMatchObject({ members: 1, lag: 0, redelivered: 2, dead: 1 });
  expect(groups['idle']).toMatchObject({ members: 1, lag: 10, acked: 0 });
});

test('two readings make messages a second, of partitions and groups, also of a group that came between them', async () => {
  const bus = testBus();
  const topic = bus.topic('rates', f64, { partitions: 2 });
  topic.consume({ group: 'g' }, () => {});
  topic.offer(0, { partition: 0 });
  await bus.settle();
  const before = topic.metrics();
  topic.consume({ group: 'late', from: 'latest' }, ({ value }) => {
    if (value === 1) throw new Error('no');
  });
  await bus.settle();
  for (let i = 1; i <= 6; i++) topic.offer(i, { partition: i % 3 === 0 ? 1 : 0 });
  await bus.clock.advance(2000);
  await bus.settle();
  const rates = ratesBetween(before, topic.metrics());
  expect(rates).toMatchObject({ seconds: 2, written: 3, dropped: 0 });
  expect(rates.partitions.map(({ written }) => written)).toEqual([2, 1]);
  expect(rates.groups['g']).toMatchObject({ acked: 3, redelivered: 0, dead: 0, expired: 0, missed: 0 });
  expect(rates.groups['g']?.partitions.map(({ acked }) => acked)).toEqual([2, 1]);
  expect(rates.groups['late']?.redelivered).toBeGreaterThan(0);
  expect(ratesBetween(before, before)).toMatchObject({ seconds: 0.001, written: 0 });
  await bus.close();
});

test('counts as well for members that share all partitions, over the death of one', async () => {
  const bus = testBus();
  const topic = bus.topic('shared', f64, { partitions: 2 });
  const consume = () =>
    topic.consume(
      {
        group: 'g',
        ordering: 'none',
        prefetch: 1,
        retry: { attempts: 2, delay: 5 },
        deadLetter: 'shared.dead',
      },
      ({ value, attempt }) => {
        if (value === 1 || (value === 2 && attempt === 1)) throw new Error('no');
      },
    );
  const members = [consume(), consume()];
  for (let i = 0; i < 10; i++) topic.offer(i, { partition: i % 2 });
  topic.offer(10, { partition: 0, ttl: 1 });
  members[0]?.pause();
  members[1]?.pause();
  await bus.clock.advance(10);
  for (const member of members) member.resume();
  await bus.clock.advance(10);
  expect(topic.metrics().groups['g']).toMatchObject({ acked: 9, redelivered: 2, dead: 1, expired: 1 });
  bus.kill(members[0] as object);
  await bus.settle();
  consume(); // With the number of the one that has ended.
  for (let i = 20; i < 30; i++) topic.offer(i, { partition: i % 2 });
  await bus.settle();
  const group = topic.metrics().groups['g'];
  expect(group).toMatchObject({ members: 2, acked: 19, redelivered: 2, dead: 1, expired: 1 });
  expect(group?.partitions.map(({ acked }) => acked)).toEqual([10, 9]);
  await bus.close();
});

test('a bus is idle when every group has acknowledged everything', async () => {
  const topic = bus.topic('busy', f64);
  const done: number[] = [];
  topic.consume({ group: 'g' }, async ({ value }) => {
    await new Promise((resolve) => setTimeout(resolve, 2));
    done.push(value);
  });
  for (let i = 0; i < 5; i++) topic.offer(i);
  await bus.idle();
  expect(done).toEqual([0, 1, 2, 3, 4]);
  const paused = topic.consume({ group: 'paused' }, () => {});
  paused.pause();
  topic.offer(5);
  await expect(bus.idle({ signal: AbortSignal.timeout(20) })).rejects.toThrow();
});

test('tells who listens of sending and handling, by the names of OpenTelemetry', async () => {
  const events: [string, TelemetryEvent][] = [];
  const listen = (event: unknown, name: string | symbol) =>
    events.push([String(name), event as TelemetryEvent]);
  for (const name of ['millrace.send', 'millrace.process']) channel(name).subscribe(listen);
  try {
    const topic = bus.topic('traced', f64);
    topic.consume({ group: 'g', retry: { attempts: 2, delay: 0 } }, ({ attempt }) => {
      if (attempt === 1) throw new Error('once');
    });
    await topic.send(1);
    await bus.idle();
    expect(events.map(([name]) => name)).toEqual(['millrace.send', 'millrace.process', 'millrace.process']);
    expect(events[0]?.[1]).toEqual({
      attributes: {
        'messaging.system': 'millrace',
        'messaging.operation.name': 'send',
        'messaging.operation.type': 'send',
        'messaging.destination.name': 'traced',
        'messaging.destination.partition.id': '0',
      },
    });
    expect(events[1]?.[1]).toMatchObject({
      attributes: {
        'messaging.system': 'millrace',
        'messaging.operation.name': 'process',
        'messaging.operation.type': 'process',
        'messaging.message.id': '0:0',
        'messaging.destination.name': 'traced',
        'messaging.destination.partition.id': '0',
        'messaging.consumer.group.name': 'g',
      },
      durationMs: expect.any(Number),
      error: { message: 'once' },
    });
    expect(events[2]?.[1]).not.toHaveProperty('error');
  } finally {
    for (const name of ['millrace.send', 'millrace.process']) channel(name).unsubscribe(listen);
  }
});

test('makes up nothing to tell while nobody listens', async () => {
  const names = ['send', 'process', 'rebalance', 'give-up', 'repair'];
  const channels = names.map((name) => channel(`millrace.${name}`));
  const told: unknown[] = [];
  for (const one of channels) Object.assign(one, { publish: (event: unknown) => told.push(event) });
  try {
    const bus = testBus();
    const topic = bus.topic('quiet', f64, { partitions: 2 });
    const consumer = topic.consume({ group: 'g', deadLetter: 'quiet.dead' }, (message) => {
      if (message.value === 1) message.dead('rotten');
    });
    for (const value of [0, 1]) await topic.send(value);
    topic.offer(2);
    await topic.sendAll([{ value: 3 }]);
    await bus.settle();
    bus.kill(consumer);
    await bus.settle();
    expect(topic.metrics().groups['g']).toMatchObject({ dead: 1, lag: 0, members: 0 });
    expect(told).toEqual([]);
    await bus.close();
  } finally {
    for (const one of channels) Reflect.deleteProperty(one, 'publish');
  }
});

test('counts what was dropped, by partition', () => {
  const topic = bus.topic('dropped', f64, { capacity: 4, partitions: 2, overflow: 'drop-newest' });
  for (let i = 0; i < 10; i++) topic.offer(i, { partition: 1 });
  topic.offer(0, { partition: 0 });
  expect(topic.metrics().partitions).toMatchObject([
    { written: 1, dropped: 0 },
    { written: 4, dropped: 6 },
  ]);
});

test('tells for each partition of a group how far it is behind, in messages and in time', async () => {
  const bus = testBus();
  const topic = bus.topic('aged', f64, { partitions: 2 });
  topic.consume({ group: 'g' }, () => {}).pause();
  await topic.send(1, { partition: 1 });
  await bus.clock.advance(5000);
  await topic.send(2, { partition: 1 });
  await bus.clock.advance(1000);
  const group = topic.metrics().groups['g'];
  expect(group).toMatchObject({ lag: 2, ageMs: 6000, members: 1 });
  expect(group?.partitions).toMatchObject([
    { member: 1, lag: 0, ageMs: 0 },
    { member: 1, lag: 2, ageMs: 6000, acked: 0 },
  ]);
  await bus.close();
});

test('tells who listens of rebalances, of messages given up, and of threads that have ended', async () => {
  const events: [string, TelemetryEvent][] = [];
  const listen = (event: unknown, name: string | symbol) =>
    events.push([String(name), event as TelemetryEvent]);
  const names = ['millrace.rebalance', 'millrace.give-up', 'millrace.repair'];
  for (const name of names) channel(name).subscribe(listen);
  try {
    const bus = testBus();
    const topic = bus.topic('told', f64, { partitions: 2 });
    const consumer = topic.consume({ group: 'g', deadLetter: 'told.dead' }, (message) =>
      message.dead('rotten'),
    );
    await topic.send(1, { partition: 1 });
    await bus.settle();
    bus.kill(consumer);
    await bus.settle();
    const of = (wanted: string) => events.filter(([name]) => name === wanted).map(([, event]) => event);
    expect(of('millrace.rebalance')[0]?.attributes).toMatchObject({
      'messaging.destination.name': 'told',
      'messaging.consumer.group.name': 'g',
      'millrace.partitions.assigned': '0,1',
    });
    expect(of('millrace.give-up')[0]?.attributes).toMatchObject({
      'messaging.destination.partition.id': '1',
      'error.type': 'rotten',
    });
    expect(of('millrace.repair').map(({ attributes }) => attributes['messaging.destination.name'])).toContain(
      'told',
    );
    await bus.close();
  } finally {
    for (const name of names) channel(name).unsubscribe(listen);
  }
});
