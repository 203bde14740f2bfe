import { createBus, f64, json, memory, TimeoutError, type Topic, TopicError, utf8 } from 'millrace';
import { afterEach, expect, expectTypeOf, test } from 'vitest';
import { Inbox } from '../../dist/cluster/call/inbox.js';

let bus = createBus(memory());

afterEach(async () => {
  await bus.close();
  bus = createBus(memory());
});

test('a call gets the reply to its own request, many at a time', async () => {
  const squares = bus.topic('squares', f64, { replies: f64, partitions: 2 });
  squares.consume({ group: 'g', ordering: 'key', concurrency: 4 }, async (message) => {
    const { value } = message;
    await new Promise((resolve) => setTimeout(resolve, value % 3));
    message.reply(value * value);
  });
  const numbers = Array.from({ length: 50 }, (_, i) => i);
  const replies = await Promise.all(numbers.map((i) => bus.call(squares, i, { key: `k${i}` })));
  expect(replies).toEqual(numbers.map((i) => i * i));
});

test('a handler module on threads answers, also with another type', async () => {
  const topic = bus.topic('texts', utf8(), { replies: json<{ length: number }>() });
  topic.consume(
    { group: 'g', threads: 2, ordering: 'none' },
    new URL('./handlers/replies.mjs', import.meta.url),
  );
  expect(await bus.call(topic, 'four')).toEqual({ length: 4 });
  expect(await bus.call(topic, 'fifteen letters')).toEqual({ length: 15 });
});

test('the type of a reply follows from the codec of the replies', () => {
  const typed = () => bus.topic('typed', utf8(), { replies: json<{ length: number }>(), partitions: 2 });
  const plain = () => bus.topic('plain', utf8());
  const named = () => bus.topic<string, string, number>('named');
  const call = <R>(topic: () => Topic<string, string, R>) => bus.call(topic(), 'text');
  expectTypeOf(typed).returns.toEqualTypeOf<Topic<string, string, { length: number }>>();
  expectTypeOf(() => call(typed)).returns.resolves.toEqualTypeOf<{ length: number }>();
  expectTypeOf(() => call(named)).returns.resolves.toEqualTypeOf<number>();
  expectTypeOf(() => call(plain)).returns.resolves.toEqualTypeOf<unknown>();
  expectTypeOf(() => bus.call(typed(), 'text')).returns.resolves.toEqualTypeOf<{ length: number }>();
  // A handler answers with what the caller gets.
  const answer = (topic: ReturnType<typeof typed>) =>
    topic.consume({ group: 'g' }, (m) => m.reply({ length: 1 }));
  expectTypeOf(answer).toBeFunction();
  // @ts-expect-error the reply is of the type that the topic's replies have
  expectTypeOf(() => typed().consume({ group: 'g' }, (m) => m.reply(1))).toBeFunction();
  // @ts-expect-error the request is of the topic's type
  expectTypeOf(() => bus.call(typed(), 1)).toBeFunction();
  expectTypeOf<ReturnType<typeof typed>>().toExtend<Topic<string>>();
});

test('a call without a reply ends in time, and so does one when the bus is closed', async () => {
  const topic = bus.topic('silent', f64, { replies: f64 });
  await expect(bus.call(topic, 1, { timeout: 10 })).rejects.toThrow(TimeoutError);
  const open = expect(bus.call(topic, 2)).rejects.toMatchObject({ code: 'MILLRACE_CLOSED' });
  await bus.close();
  await open;
});

test('more threads than there are inboxes are refused with what to do', () => {
  const topic = bus.topic('crowded', f64, { replies: f64 });
  const inboxes = Array.from({ length: 16 }, () => new Inbox(topic as never, topic.replies as never));
  expect(() => new Inbox(topic as never, topic.replies as never)).toThrow(/All 16 inboxes/);
  inboxes[3]?.close(); // As when its thread has ended and was repaired.
  expect(() => new Inbox(topic as never, topic.replies as never)).not.toThrow();
});

test('only topics with replies take calls, and only calls can be answered', async () => {
  const plain = bus.topic('plain', f64);
  expect(() => bus.call(plain, 1)).toThrow(TopicError);
  const consumer = plain.consume({ group: 'g' }, (message) => message.reply(1));
  plain.offer(1);
  await expect(consumer.results).rejects.toThrow(/bus\.call/);
});
