import { number } from './number.ts';
import type { Payload, PayloadName } from './payload.ts';
import { tick } from './tick.ts';

export type { Payload, PayloadName } from './payload.ts';
export { PAYLOADS };

/** All payloads by name: a name travels between threads, the functions do not. */
const PAYLOADS: Readonly<Record<PayloadName, Payload>> = {
  number: number as Payload,
  tick: tick as Payload,
};
