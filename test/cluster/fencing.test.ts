import { f64, type Message, type MessageBatch, StaleMemberError } from 'millrace';
import { type TestBus, testBus } from 'millrace/testing';
import { afterEach, beforeEach, expect, test } from 'vitest';

const refusal = {
  code: 'MILLRACE_STALE_MEMBER',
  message: expect.stringMatching(
    /^Partition 1 of topic 'fenced' was given to another member of group 'g'; .*committed/,
  ),
};
let bus: TestBus;

beforeEach(() => {
  bus = testBus();
});

afterEach(() => bus.close());

/** A topic of two partitions with a message in each, which its first member will share with a second one. */
function fenced() {
  const topic = bus.topic('fenced', f64, { partitions: 2 });
  for (const partition of [0, 1]) topic.offer(partition, { partition });
  return topic;
}

const thrownBy = (call: () => void): unknown => {
  try {
    call();
  } catch (error) {
    return error;
  }
  return undefined;
};

test('a batch is not committed by a member whose partition was given to another one, which gets it again', async () => {
  const topic = fenced();
  const held: MessageBatch<number, number>[] = [];
  const first = topic.consume({ group: 'g', commit: 'manual' });
  void (async () => {
    for await (const batch of first) {
      for (const _ of batch);
      held[batch.partition] = batch;
    }
  })();
  await bus.settle();
  const seen: number[] = [];
  topic.consume({ group: 'g' }, ({ value }) => seen.push(value));
  await bus.settle();
  expect(first.partitions).toEqual([0]);
  expect(seen).toEqual([1]);
  expect(thrownBy(() => held[1]?.ack())).toMatchObject(refusal);
  expect(topic.lag('g')).toBe(1);
  held[0]?.ack();
  expect(topic.lag('g')).toBe(0);
});

test('a message is not acknowledged by a member whose partition was given to another one', async () => {
  const topic = fenced();
  const held: Message<number>[] = [];
  topic.consume({ group: 'g', commit: 'manual' }, (message) => {
    held[message.partition] = message;
  });
  await bus.settle();
  const seen: number[] = [];
  topic.consume({ group: 'g', commit: 'manual' }, ({ value }) => seen.push(value));
  await bus.settle();
  expect(seen).toEqual([1]);
  expect(thrownBy(() => held[1]?.ack())).toMatchObject(refusal);
  expect(topic.metrics().groups['g']?.partitions.map(({ lag }) => lag)).toEqual([1, 1]);
  held[0]?.ack();
  expect(topic.metrics().groups['g']?.partitions.map(({ lag }) => lag)).toEqual([0, 1]);
});

test('nor by one that has left, and has become the owner again as another member', async () => {
  const topic = fenced();
  const held: MessageBatch<number, number>[] = [];
  const read = async () => {
    for await (const batch of topic.consume({ group: 'g', commit: 'manual' })) {
      for (const _ of batch);
      held.push(batch);
      if (batch.partition === 1) return;
    }
  };
  for (let time = 0; time < 2; time++) {
    void read();
    await bus.settle();
  }
  const batches = held.filter(({ partition }) => partition === 1);
  expect(batches).toHaveLength(2);
  for (const batch of batches) expect(() => batch.ack()).toThrow(StaleMemberError);
  expect(topic.lag('g')).toBe(2);
});
