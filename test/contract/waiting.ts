import { getEventListeners } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { type Any, type Make, polled } from './subject.ts';

const timedOut = expect.objectContaining({ name: 'TimeoutError', code: 'MILLRACE_TIMEOUT' });

/** What a promise came to so far, without waiting for it. */
async function stateOf(promise: Promise<unknown>): Promise<unknown> {
  const pending = Symbol('pending');
  await sleep(2);
  return (await Promise.race([promise, Promise.resolve(pending)])) === pending ? 'pending' : 'settled';
}

export function waiting(make: Make): void {
  test('take gets a message that is there at once', async () => {
    const { writer, reader, value } = make();
    writer.offer(value(1));
    expect(await reader.take()).toEqual(value(1));
  });

  test('take waits for a message', async () => {
    const { writer, reader, value } = make();
    const taken = reader.take();
    expect(await stateOf(taken)).toBe('pending');
    writer.offer(value(1));
    expect(await taken).toEqual(value(1));
  });

  test('put waits for room', async () => {
    const { writer, reader, value, values } = make({ capacity: 2 });
    writer.offerAll(values(2));
    const put = writer.put(value(2));
    expect(await stateOf(put)).toBe('pending');
    expect(reader.poll()).toEqual(value(0));
    await put;
    expect(polled(reader)).toEqual(values(2, 1));
  });

  test('several takes get their messages in the order they were called', async () => {
    const { writer, reader, values } = make({ capacity: 2 });
    const taken = values(5).map(() => reader.take());
    for (const value of values(5)) await writer.put(value);
    expect(await Promise.all(taken)).toEqual(values(5));
  });

  test('several puts write in the order they were called', async () => {
    const { writer, reader, values } = make({ capacity: 1 });
    const puts = values(6).map((value) => writer.put(value));
    const taken: Any[] = [];
    for (let i = 0; i < 6; i++) taken.push(await reader.take());
    await Promise.all(puts);
    expect(taken).toEqual(values(6));
  });

  test('a take called later does not overtake one that waits', async () => {
    const { writer, reader, value } = make();
    const first = reader.take();
    writer.offer(value(1));
    writer.offer(value(2));
    const second = reader.take();
    expect(await Promise.all([first, second])).toEqual([value(1), value(2)]);
  });

  test('a take that ran out of time takes nothing later', async () => {
    const { writer, reader, value } = make();
    await expect(reader.take({ timeout: 5 })).rejects.toEqual(timedOut);
    writer.offer(value(1));
    await sleep(5);
    expect(reader.poll()).toEqual(value(1));
  });

  test('a put that ran out of time writes nothing later', async () => {
    const { writer, reader, value, values } = make({ capacity: 1 });
    writer.offer(value(0));
    await expect(writer.put(value(9), { timeout: 5 })).rejects.toEqual(timedOut);
    expect(reader.poll()).toEqual(value(0));
    await sleep(5);
    expect(reader.poll()).toBeUndefined();
    writer.offerAll(values(1, 1));
    expect(polled(reader)).toEqual(values(1, 1));
  });

  test('when one of several takes gives up, the next message goes to the next', async () => {
    const { writer, reader, value } = make();
    const first = reader.take({ timeout: 5 });
    const second = reader.take();
    await expect(first).rejects.toEqual(timedOut);
    writer.offer(value(1));
    expect(await second).toEqual(value(1));
  });

  test('when the first of several puts gives up, the next goes on', async () => {
    const { writer, reader, value } = make({ capacity: 1 });
    writer.offer(value(0));
    const first = writer.put(value(1), { timeout: 5 });
    const second = writer.put(value(2));
    await expect(first).rejects.toEqual(timedOut);
    expect(await reader.take()).toEqual(value(0));
    await second;
    expect(polled(reader)).toEqual([value(2)]);
  });

  test('an aborted take rejects with the reason and takes nothing later', async () => {
    const { writer, reader, value } = make();
    const controller = new AbortController();
    const taken = reader.take({ signal: controller.signal });
    controller.abort(new Error('no longer wanted'));
    await expect(taken).rejects.toThrow('no longer wanted');
    writer.offer(value(1));
    await sleep(2);
    expect(reader.poll()).toEqual(value(1));
  });

  test('an aborted put rejects with the reason and writes nothing later', async () => {
    const { writer, reader, value } = make({ capacity: 1 });
    writer.offer(value(0));
    const controller = new AbortController();
    const put = writer.put(value(1), { signal: controller.signal });
    controller.abort(new Error('no longer wanted'));
    await expect(put).rejects.toThrow('no longer wanted');
    expect(polled(reader)).toEqual([value(0)]);
    await sleep(2);
    expect(reader.poll()).toBeUndefined();
  });

  test('a signal aborted before refuses take and put, and neither reads nor writes', async () => {
    const { writer, reader, value } = make();
    writer.offer(value(1));
    const signal = AbortSignal.abort(new Error('too late'));
    await expect(reader.take({ signal })).rejects.toThrow('too late');
    await expect(writer.put(value(2), { signal })).rejects.toThrow('too late');
    expect(polled(reader)).toEqual([value(1)]);
  });

  test('a signal keeps no listener of a wait that is over', async () => {
    const { writer, reader, value } = make();
    const { signal } = new AbortController();
    for (let i = 0; i < 5; i++) {
      const taken = reader.take({ signal });
      writer.offer(value(i));
      await taken;
    }
    await expect(reader.take({ signal, timeout: 1 })).rejects.toEqual(timedOut);
    expect(getEventListeners(signal, 'abort')).toHaveLength(0);
  });

  test('takeSync gives up when its time is over, and takes nothing later', () => {
    const { writer, reader, value } = make();
    expect(reader.takeSync({ timeout: 0 })).toBeUndefined();
    const begin = performance.now();
    expect(reader.takeSync({ timeout: 20 })).toBeUndefined();
    expect(performance.now() - begin).toBeGreaterThanOrEqual(19);
    writer.offer(value(1));
    expect(reader.takeSync({ timeout: 0 })).toEqual(value(1));
  });

  test('putSync gives up when its time is over, and writes nothing', () => {
    const { writer, reader, value } = make({ capacity: 1 });
    expect(writer.putSync(value(0), { timeout: 0 })).toBe(true);
    expect(writer.putSync(value(1), { timeout: 0 })).toBe(false);
    const begin = performance.now();
    expect(writer.putSync(value(1), { timeout: 20 })).toBe(false);
    expect(performance.now() - begin).toBeGreaterThanOrEqual(19);
    expect(polled(reader)).toEqual([value(0)]);
  });

  test.each(['spin', 'park', 'adaptive'] as const)('times out while waiting by %s', (wait) => {
    const { writer, reader, value } = make({ capacity: 1, wait });
    expect(reader.takeSync({ timeout: 5 })).toBeUndefined();
    writer.offer(value(0));
    expect(writer.putSync(value(1), { timeout: 5 })).toBe(false);
    expect(reader.takeSync({ timeout: 5 })).toEqual(value(0));
  });

  test('a value that cannot be encoded rejects a put that waited for room, and the next goes on', async () => {
    const { writer, reader, value } = make({ capacity: 1 });
    writer.offer(value(0));
    const outcomes = Promise.allSettled([writer.put(undefined), writer.put(value(1))]);
    await sleep(2);
    expect(reader.poll()).toEqual(value(0));
    const [wrong, right] = await outcomes;
    expect(wrong).toMatchObject({ status: 'rejected', reason: { code: 'MILLRACE_ENCODE' } });
    expect(right).toMatchObject({ status: 'fulfilled' });
    expect(polled(reader)).toEqual([value(1)]);
  });
}
