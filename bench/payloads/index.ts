import { bytes1k, bytes64 } from './bytes.ts';
import { number } from './number.ts';
import { object } from './object.ts';
import type { Payload, PayloadName } from './payload.ts';
import { tick } from './tick.ts';

export type { Payload, PayloadName, PayloadRows } from './payload.ts';
export { PAYLOADS };

/** All payloads by name: a name travels between threads, the functions do not. */
const PAYLOADS: Readonly<Record<PayloadName, Payload>> = {
  number: number as Payload,
  'bytes-64': bytes64 as Payload,
  'bytes-1k': bytes1k as Payload,
  tick: tick as Payload,
  object: object as Payload,
};
