import * as ring from 'millrace/ring';
import { bytes, type Codec, f64, json, struct, u16, u32, utf8 } from 'millrace/ring';
import type { PayloadName } from '../payloads/index.ts';

/** How objects become bytes. */
export type Format = 'struct' | 'json' | 'msgpack';

/** What the library's users would write for these messages. */
const CODECS: Readonly<Record<PayloadName, unknown>> = {
  number: f64,
  'bytes-64': bytes(64),
  'bytes-1k': bytes(1024),
  tick: struct({ id: u32, time: f64, bid: f64, ask: f64, size: u32, venue: u16, symbol: utf8(8) }),
  object: struct({ id: u32, name: utf8(16), ts: f64 }),
};

/** The codec is looked for, because not every version of the library has it. */
const msgpack = (ring as { msgpack?: () => unknown }).msgpack;

const FORMATS: Readonly<Record<Exclude<Format, 'struct'>, unknown>> = { json: json(), msgpack: msgpack?.() };

/** Why this version of the library can't write this format. */
export const missingFormat: string | undefined =
  msgpack === undefined ? 'this version of millrace has no msgpack()' : undefined;

export function codecFor(payload: PayloadName, format: Format): Codec<unknown> {
  return (payload === 'object' && format !== 'struct' ? FORMATS[format] : CODECS[payload]) as Codec<unknown>;
}
