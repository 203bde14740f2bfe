import { Readable, Writable } from 'node:stream';
import type { ReadableStream, WritableStream } from 'node:stream/web';
import { copy, type RingReader, type RingWriter } from '../ring/index.ts';

/**
 * A Node stream, in object mode, of what a reader reads. It ends with the ring, fails as the ring fails, and reads
 * on only as it is consumed. Use the reader for nothing else meanwhile.
 */
export function toReadable<T>(reader: RingReader<T, unknown>): Readable {
  return Readable.from(valuesOf(reader), { objectMode: true });
}

async function* valuesOf<T>(reader: RingReader<T, unknown>): AsyncGenerator<T> {
  for await (const batch of reader) {
    for (const view of batch) yield copy(view) as T;
  }
}

/**
 * A Node stream, in object mode, that writes to a ring and waits while it is full. The end of the stream closes the
 * ring; its error is what the ring fails with.
 */
export function toWritable<T>(writer: RingWriter<T>): Writable {
  return new Writable({
    objectMode: true,
    write: (value: T, _encoding, done) => settle(writer.put(value), done),
    writev: (chunks, done) => settle(putAll(writer, chunks), done),
    final: (done) => {
      writer.close();
      done();
    },
    destroy: (error, done) => {
      if (error !== null) writer.fail(error);
      else writer.close();
      done(error);
    },
  });
}

function settle(work: Promise<unknown>, done: (error?: Error) => void): void {
  work.then(() => done(), done);
}

async function putAll<T>(writer: RingWriter<T>, chunks: readonly { readonly chunk: T }[]): Promise<void> {
  const values = chunks.map(({ chunk }) => chunk);
  for (let at = writer.offerAll(values); at < values.length; at++) await writer.put(values[at] as T);
}

/** `toReadable` as a web stream. */
export function toReadableStream<T>(reader: RingReader<T, unknown>): ReadableStream<T> {
  return Readable.toWeb(toReadable(reader)) as ReadableStream<T>;
}

/** `toWritable` as a web stream. */
export function toWritableStream<T>(writer: RingWriter<T>): WritableStream<T> {
  return Writable.toWeb(toWritable(writer)) as WritableStream<T>;
}
