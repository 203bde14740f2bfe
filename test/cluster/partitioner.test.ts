import { readFileSync } from 'node:fs';
import { murmur2, partitionFor } from 'millrace';
import { describe, expect, test } from 'vitest';

interface Vector {
  readonly key_hex: string;
  readonly murmur2: number;
  readonly partition: Readonly<Record<string, number>>;
}

/** What Kafka's Java client computes. */
const vectors = JSON.parse(
  readFileSync(new URL('./murmur2-vectors.json', import.meta.url), 'utf8'),
) as Vector[];

const isText = (bytes: Uint8Array) => Buffer.compare(Buffer.from(Buffer.from(bytes).toString()), bytes) === 0;

describe.each(vectors)('the key $key_hex', ({ key_hex, murmur2: hash, partition }) => {
  const bytes = Uint8Array.from(Buffer.from(key_hex, 'hex'));

  test('has Kafka’s hash', () => {
    expect(murmur2(bytes)).toBe(hash);
    expect(murmur2(Buffer.from(bytes))).toBe(hash);
  });

  test('has Kafka’s partition for every number of partitions', () => {
    for (const [count, expected] of Object.entries(partition)) {
      expect(partitionFor(bytes, Number(count))).toBe(expected);
      if (isText(bytes)) expect(partitionFor(Buffer.from(bytes).toString(), Number(count))).toBe(expected);
    }
  });
});
