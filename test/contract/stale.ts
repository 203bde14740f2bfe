import { copy } from 'millrace/ring';
import { expect, test } from 'vitest';
import type { Any, Make } from './subject.ts';

const stale = expect.objectContaining({ code: 'MILLRACE_STALE_VIEW' });

/** What looking at a message of the flavours under test means: a field of a struct, or a byte. */
const look = (view: Any) => (view instanceof Uint8Array ? view.at(0) : view.id);

/** Views of structs and bytes, with checks on, when it is too late for them. */
export function staleViews(make: Make): void {
  const expectStale = (view: Any) => {
    if (!(view instanceof Uint8Array)) expect(() => look(view)).toThrow(stale);
    else {
      expect(view).toHaveLength(0);
      expect(() => view.slice()).toThrow(TypeError);
    }
    expect(() => copy(view)).toThrow(view instanceof Uint8Array ? TypeError : stale);
  };

  test('a view kept from drain is stale when its callback has returned', () => {
    const { writer, reader, values } = make();
    writer.offerAll(values(2));
    const kept: Any[] = [];
    reader.drain((view) => {
      for (const before of kept) expectStale(before);
      kept.push(view);
      expect(copy(view)).toEqual(values(2)[kept.length - 1]);
    });
    expect(kept).toHaveLength(2);
    for (const view of kept) expectStale(view);
  });

  test('a view is stale when the callback it was passed to has thrown', () => {
    const { writer, reader, values } = make();
    writer.offerAll(values(1));
    let kept: Any;
    const keep = (view: Any) => {
      kept = view;
      throw new Error('enough');
    };
    expect(() => reader.drain(keep)).toThrow('enough');
    expectStale(kept);
  });

  test('a view of a batch is stale when the batch has ended, however it ended', () => {
    const { writer, reader, values } = make();
    const end: ((batch: Any) => void)[] = [
      (batch) => batch.release(),
      (batch) => batch.release(false),
      (batch) => batch.abandon(),
      (batch) => batch[Symbol.dispose](),
    ];
    for (const endOf of end) {
      writer.offerAll(values(1));
      const batch = reader.batch() as Any;
      const [view] = batch;
      expect(copy(view)).toEqual(values(1)[0]);
      endOf(batch);
      expectStale(view);
      while (reader.poll() !== undefined);
    }
  });

  test('a view that moves is stale when the next message is shown; bytes stay until the batch ends', () => {
    const { writer, reader, values } = make();
    writer.offerAll(values(2));
    const batch = reader.batch() as Any;
    const [first, second] = batch;
    if (first instanceof Uint8Array) expect([first, second]).toEqual(values(2));
    else expectStale(first);
    expect(copy(second)).toEqual(values(2)[1]);
    batch.release();
    expectStale(first);
    expectStale(second);
  });

  test('a view of an awaited batch is stale when the next one is asked for', async () => {
    const { ring, writer, reader, value } = make();
    let kept: Any;
    let batches = 0;
    writer.offer(value(0));
    for await (const batch of reader) {
      if (kept !== undefined) expectStale(kept);
      for (const view of batch) kept = view;
      expect(copy(kept)).toEqual(value(batches));
      batches++;
      if (batches === 3) ring.close();
      else writer.offer(value(batches));
    }
    expect(batches).toBe(3);
    expectStale(kept);
  });

  test('what is copied, polled or taken stays', async () => {
    const { writer, reader, values } = make();
    writer.offerAll(values(3));
    const kept: Any[] = [reader.poll(), await reader.take()];
    reader.drain((view) => kept.push(copy(view)));
    expect(kept).toEqual(values(3));
  });

  test('a slot is stale when the callback of fill has returned', () => {
    const { writer, reader, value } = make();
    let kept: Any;
    expect(
      writer.fill(2, (slot: Any, i) => {
        if (kept !== undefined) expect(() => kept.set(value(9))).toThrow(stale);
        kept = slot;
        slot.set(value(i));
      }),
    ).toBe(2);
    expect(() => kept.set(value(9))).toThrow(stale);
    expect([reader.poll(), reader.poll()]).toEqual([value(0), value(1)]);
  });
}
