import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { ClosedError, createBus, f64, memory, openBus, TopicError, utf8 } from 'millrace';
import { afterEach, describe, expect, test } from 'vitest';
import { runProgram } from '../workers/child.ts';

let bus = createBus(memory());

afterEach(async () => {
  await bus.close();
  bus = createBus(memory());
});

/** What another thread makes of the bus. */
async function elsewhere(data: object): Promise<unknown> {
  const worker = new Worker(new URL('./bus-thread.mjs', import.meta.url), { workerData: data });
  return new Promise((resolve, reject) => {
    worker.once('message', resolve);
    worker.once('error', reject);
  });
}

describe('openBus', () => {
  test.each([0, 1, 2])('finds the topics in a thread %i levels deeper', async (nested) => {
    const numbers = bus.topic('numbers', f64, { partitions: 4 });
    const seen: number[] = [];
    numbers.consume({ group: 'g' }, ({ value }) => seen.push(value));
    const sent = (await elsewhere({ nested, act: 'send', value: 7 })) as { value: object };
    expect(sent.value).toMatchObject({ offset: 0 });
    expect(await elsewhere({ nested, act: 'send without codec', value: 8 })).toHaveProperty('value');
    expect(await elsewhere({ nested, act: 'sendSync', value: 9 })).toEqual({ value: true });
    while (seen.length < 3) await new Promise((resolve) => setTimeout(resolve, 1));
    expect(seen.sort()).toEqual([7, 8, 9]);
  });

  test('knows no topic that the bus had not when the thread was started', async () => {
    bus.topic('numbers', f64);
    expect(await elsewhere({ act: 'unknown topic' })).toMatchObject({
      name: 'TopicError',
      code: 'MILLRACE_TOPIC',
      message: expect.stringMatching(/nonsense.*numbers/),
    });
  });

  test('finds a topic that is created after the thread has started, when it waits for it', async () => {
    bus.topic('first', f64);
    const worker = new Worker(new URL('./late-topic-thread.mjs', import.meta.url));
    await once(worker, 'message');
    const early = bus.topic('early', f64);
    worker.postMessage('go');
    await once(worker, 'message');
    const late = bus.topic('late', f64);
    expect((await once(worker, 'message'))[0]).toEqual(['MILLRACE_TIMEOUT', 'MILLRACE_TOPIC', true]);
    expect([early.written(), late.written()]).toEqual([[1], [1]]);
    expect(await bus.find('late')).toBe(late);
  });

  test('refuses a topic with another codec', async () => {
    bus.topic('texts', utf8());
    expect(await elsewhere({ act: 'other codec' })).toMatchObject({
      name: 'TopicError',
      message: expect.stringContaining('utf8'),
    });
  });

  test.each(['ring', 'topic'])(
    'refuses a topic whose %s another version of the library has laid out',
    async (part) => {
      const topic = bus.topic('numbers', f64);
      if (part === 'topic') Object.assign(topic.handle, { millrace: 0 });
      else for (const { buffer } of topic.handle.partitions) new Int32Array(buffer)[1] = 999;
      expect(await elsewhere({ act: 'send', value: 1 })).toMatchObject({
        code: part === 'topic' ? 'MILLRACE_TOPIC' : 'MILLRACE_BAD_HANDLE',
        message: expect.stringMatching(/same version of millrace/),
      });
    },
  );

  test('says so when there is no bus', async () => {
    expect(await elsewhere({ act: 'open only' })).toMatchObject({ code: 'MILLRACE_TOPIC' });
  });

  test('says so after the bus was closed', async () => {
    bus.topic('numbers', f64);
    await bus.close();
    expect(await elsewhere({ act: 'open only' })).toMatchObject({ code: 'MILLRACE_TOPIC' });
    expect(() => openBus()).toThrow(TopicError);
  });

  test('works in the thread that has created the bus', async () => {
    const topic = bus.topic('here', f64);
    const seen: number[] = [];
    topic.consume({ group: 'g' }, ({ value }) => seen.push(value));
    topic.offer(1);
    while (seen.length < 1) await new Promise((resolve) => setTimeout(resolve, 1));
    expect(openBus().topic('here', f64).written()).toEqual([1]);
  });
});

describe('closing the bus', () => {
  test('refuses senders, and new topics', async () => {
    const topic = bus.topic('ending', f64);
    await bus.close();
    expect(() => topic.offer(1)).toThrow(ClosedError);
    await expect(topic.send(1)).rejects.toThrow(ClosedError);
    expect(() => topic.sendSync(1)).toThrow(ClosedError);
    expect(() => bus.topic('new', f64)).toThrow(ClosedError);
  });

  test('wakes a sender that waits for room', async () => {
    const topic = bus.topic('full', f64, { capacity: 1 });
    topic.offer(0);
    const outcome = expect(topic.send(1)).rejects.toThrow(ClosedError);
    await bus.close();
    await outcome;
  });

  test('wakes a sender that blocks in another thread', async () => {
    const topic = bus.topic('numbers', f64, { capacity: 1 });
    topic.offer(0);
    const blocked = elsewhere({ act: 'sendSync', value: 1 });
    await new Promise((resolve) => setTimeout(resolve, 150));
    await bus.close();
    expect(await blocked).toMatchObject({ code: 'MILLRACE_CLOSED' });
  });

  test('can be done again, and at the same time', async () => {
    bus.topic('any', f64).consume({ group: 'g' }, () => {});
    await Promise.all([bus.close(), bus.close()]);
    await bus.close();
    await bus[Symbol.asyncDispose]();
  });

  test('ends consumers, in this thread and on others', async () => {
    const topic = bus.topic('ending', f64, { partitions: 2 });
    const here = topic.consume({ group: 'here' }, () => {});
    const there = topic.consume(
      { group: 'there', threads: 2 },
      new URL('./handlers/count.mjs', import.meta.url),
    );
    await bus.close();
    expect(await here.results).toEqual([undefined]);
    expect(await there.results).toEqual([0, 0]);
  });

  test('does not reject when a consumer has failed', async () => {
    const topic = bus.topic('failing', f64);
    const consumer = topic.consume({ group: 'g' }, () => {
      throw new Error('handler');
    });
    topic.offer(1);
    await expect(consumer.results).rejects.toThrow('handler');
    await bus.close();
  });

  test('lets the process exit', async () => {
    const outcome = await runProgram(new URL('./programs/bus-ends.mjs', import.meta.url));
    expect(outcome).toEqual({ code: 0, stdout: '10 10\n', stderr: '', hung: false });
  });
});
