import { type WebAssemblyMemory, wasm } from '../globals.ts';
import {
  type CONSUMER_CURSOR,
  DESK_CLAIM_SPAN,
  DESK_SCRATCH,
  DESK_TAKE_SPAN,
  DESKS,
  deskOf,
  type Layout,
  type PRODUCER_CURSOR,
} from '../layout.ts';
import { coreBytes } from './core-bytes.ts';
import { OWNER_SHIFT, type Turns } from './turn.ts';

/**
 * The hot steps over turn words in WebAssembly (`core.wat`), over a ring's own memory; docs/adr/0011 says what that brings. They
 * are the steps of `mpmc-writer.ts` and `mpmc-reader.ts`, and leave whatever is out of the ordinary to those: an end with a core
 * and one without can use the same ring. What they answer has two parts: how far they went, and the outcome.
 */
export interface Core {
  /** Claims a slot at `at` or behind, copies `words` words from the desk, and publishes. Outcomes: STOPPED, DONE, WAKE, GIVEN_UP. */
  offer(at: number, freeUntil: number, words: number): number;
  /** Takes a record at `at` or behind. Outcomes: STOPPED, DONE, SEVERAL. */
  take(at: number, most: number): number;
  /** Gives a record of `span` slots back; the answer is the turn word that was there. */
  release(at: number, span: number): number;
  /** Compare-and-swap on the turn word of a sequence; the answer is the word that was there. */
  change(at: number, expected: number, replacement: number): number;
}

/** Slots between the sequence passed and the one at which something was done, or is to be done. */
export const passedIn = (answer: number): number => answer >> 2;
export const OUTCOME = 3;
/** Nothing was done: the caller does it. */
export const STOPPED = 0;
/** `offer`: published, and somebody sleeps until then. */
export const WAKE = 2;
/** `offer`: readers have given the claim up. */
export const GIVEN_UP = 3;
/** `take`: a record of more than one slot; how many is on the desk. */
export const SEVERAL = 2;

/** A core for one end; `undefined` where the ring's memory has none, or the runtime allows no WebAssembly. */
export function coreFor(
  memory: WebAssemblyMemory | undefined,
  layout: Layout,
  turns: Turns,
  end: { readonly seat: number; readonly hint: typeof PRODUCER_CURSOR | typeof CONSUMER_CURSOR },
): Core | undefined {
  const module = memory === undefined || layout.rendezvous ? null : compiled();
  if (wasm === undefined || module === null) return undefined;
  const ring = {
    memory,
    turns: layout.turns * 4,
    runs: layout.runs * 4,
    desks: (DESKS + DESK_CLAIM_SPAN) * 4,
    ownSpan: (deskOf(end.seat) + DESK_TAKE_SPAN) * 4,
    hint: end.hint * 4,
    mask: turns.mask,
    lapShift: turns.lapShift,
    lapMask: turns.lapMask,
    otherThanOneLap: ~turns.oneLap,
    capacity: layout.capacity,
    owner: end.seat << OWNER_SHIFT,
    payload: layout.payload,
    slotBytes: layout.slotBytes,
    scratch: (deskOf(end.seat) + DESK_SCRATCH) * 4,
    fixed: layout.variable ? 0 : 1,
  };
  const { offer, take, release, change } = new wasm.Instance(module, { ring }).exports as unknown as Core;
  return { offer, take, release, change };
}

let module: object | null | undefined;

/** Compiled once in a thread; `null` where that is not allowed: in a page with a strict content policy, say. */
function compiled(): object | null {
  if (module === undefined) {
    try {
      module = wasm === undefined ? null : new wasm.Module(coreBytes());
    } catch {
      module = null;
    }
  }
  return module;
}
