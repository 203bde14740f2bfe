import { expect, test } from 'vitest';
import { drained, type Make, polled } from './subject.ts';

class OutOfFuel extends Error {
  readonly code = 'OUT_OF_FUEL';
  override readonly name = 'OutOfFuel';
}

export function failing(make: Make): void {
  test('writers get the error at once', async () => {
    const { ring, writer, value, values } = make();
    ring.fail(new OutOfFuel('range 12 km'));
    const failed = expect.objectContaining({
      name: 'OutOfFuel',
      message: 'range 12 km',
      code: 'OUT_OF_FUEL',
    });
    expect(() => writer.offer(value(1))).toThrow(failed);
    expect(() => writer.offerAll(values(2))).toThrow(failed);
    expect(() => writer.putSync(value(1))).toThrow(failed);
    await expect(writer.put(value(1))).rejects.toEqual(failed);
  });

  test('readers get what was written before, and then the error', async () => {
    const { ring, writer, reader, values } = make();
    writer.offerAll(values(3));
    ring.fail(new OutOfFuel('range 12 km'));
    expect(polled1(3)).toEqual(values(3));
    const failed = expect.objectContaining({ name: 'OutOfFuel', message: 'range 12 km' });
    expect(() => reader.poll()).toThrow(failed);
    expect(() => reader.drain(() => {})).toThrow(failed);
    expect(() => reader.batch()).toThrow(failed);
    expect(() => reader.takeSync()).toThrow(failed);
    expect(() => [...reader]).toThrow(failed);
    await expect(reader.take()).rejects.toEqual(failed);

    function polled1(count: number): unknown[] {
      return Array.from({ length: count }, () => reader.poll());
    }
  });

  test('readers of a ring that was full get the error after the last message, too', () => {
    const { ring, writer, reader, values } = make({ capacity: 3 });
    writer.offerAll(values(3));
    ring.fail(new OutOfFuel('range 12 km'));
    expect(drained(reader)).toEqual(values(3));
    expect(() => reader.poll()).toThrow('range 12 km');
    expect(() => reader.drain(() => {})).toThrow('range 12 km');
  });

  test('an error of this library arrives with its code', () => {
    const { ring, writer, value } = make();
    ring.fail(Object.assign(new Error('told'), { name: 'TimeoutError', code: 'MILLRACE_TIMEOUT' }));
    expect(() => writer.offer(value(1))).toThrow(
      expect.objectContaining({ name: 'TimeoutError', code: 'MILLRACE_TIMEOUT', message: 'told' }),
    );
  });

  test('the stack arrives, where it was thrown', () => {
    const { ring, writer, value } = make();
    ring.fail(new Error('with a stack'));
    try {
      writer.offer(value(1));
      expect.unreachable();
    } catch (error) {
      expect((error as Error).stack).toContain('failing.ts');
    }
  });

  test('a long message arrives shortened, with its name', () => {
    const { ring, writer, value } = make();
    ring.fail(new RangeError(`begins here ${'é"\\\u0001'.repeat(5000)}`));
    expect(() => writer.offer(value(1))).toThrow(
      expect.objectContaining({ name: 'RangeError', message: expect.stringMatching(/^begins here é/) }),
    );
  });

  test.each([
    ['a string', 'just a string', /just a string/],
    ['undefined', undefined, /undefined/],
    ['a symbol', Symbol('odd'), /odd/],
  ])('whatever is thrown can be passed on: %s', (_what, thrown, message) => {
    const { ring, writer, value } = make();
    ring.fail(thrown);
    expect(() => writer.offer(value(1))).toThrow(message);
  });

  test.each([
    ['an object without a prototype', () => Object.create(null)],
    [
      'an object whose toString throws',
      () => ({
        toString() {
          throw new Error('no');
        },
      }),
    ],
    ['an error without a name', () => Object.assign(new Error('x'), { name: undefined })],
    ['an error whose message is a bigint', () => Object.assign(new Error('x'), { message: 12n })],
  ])('what cannot be described fails the ring all the same: %s', async (_what, odd) => {
    const { ring, writer, reader, value } = make();
    const waits = reader.take({ timeout: 1000 }).catch((error: Error) => error);
    ring.fail(odd());
    expect(ring.closed).toBe(true);
    expect(() => writer.offer(value(1))).toThrow(Error);
    expect(((await waits) as { code?: string }).code).not.toBe('MILLRACE_TIMEOUT');
  });

  test('fail wakes whoever waits, with the error', async () => {
    const { ring, writer, reader, value, values } = make({ capacity: 1 });
    const taken = reader.take();
    const outcome = expect(taken).rejects.toThrow('range 12 km');
    ring.fail(new OutOfFuel('range 12 km'));
    await outcome;

    const full = make({ capacity: 1 });
    full.writer.offerAll(values(1));
    const put = expect(full.writer.put(value(2))).rejects.toThrow('range 12 km');
    full.reader.fail(new OutOfFuel('range 12 km'));
    await put;
    expect(() => writer.offer(value(1))).toThrow('range 12 km');
  });

  test('the first end stands: failing after close, and failing twice, change nothing', () => {
    const { ring, writer, reader, value } = make();
    ring.fail(new Error('first'));
    ring.fail(new Error('second'));
    ring.close();
    expect(() => writer.offer(value(1))).toThrow('first');
    expect(() => polled(reader)).toThrow('first');
  });
}
