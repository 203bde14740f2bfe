import { BroadcastRing } from './broadcast/broadcast-ring.ts';
import type { Codec, CodecSlot, CodecSpec, CodecValue, CodecView } from './codec/codec.ts';
import { codecFromSpec, specsEqual } from './codec/registry.ts';
import { showSpec } from './codec/spec.ts';
import { RingControl } from './control.ts';
import { BadHandleError, OptionError } from './errors.ts';
import { type Geometry, layoutOf, OVERFLOWS, readLayout, type Topology, writeGeometry } from './layout.ts';
import { defaultLot, Lot } from './lot.ts';
import { isWasmMemory, Memory, PAGE_BYTES, sharedMemory } from './memory.ts';
import { MpmcRing } from './mpmc/mpmc-ring.ts';
import { RendezvousRing } from './rendezvous/rendezvous-ring.ts';
import type { Ring, RingHandle, RingOptions } from './ring.ts';
import { SpscRing } from './spsc/spsc-ring.ts';
import { WAIT_STRATEGIES, type WaitStrategy } from './waiting/wait-strategy.ts';

/** biome-ignore lint/suspicious/noExplicitAny: a codec of any type; its types are inferred from it. */
export type AnyCodec = Codec<any, any, any>;
type RingOf<C extends AnyCodec> = Ring<CodecValue<C>, CodecView<C>, CodecSlot<C>>;

const DEFAULT_CAPACITY = 1024;
/** Slots in which messages of a ring of capacity 0 stand until a reader comes. */
const STANDING_SLOTS = 64;
const DEFAULT_MAX_MESSAGE_BYTES = 2 ** 20;
const KNOWN_OPTIONS = ['capacity', 'overflow', 'wait', 'core', 'slotSize', 'maxMessageSize'];
const CORES = ['js', 'wasm'] as const;

/** A ring for one writer and one reader. */
export function spsc<C extends AnyCodec>(codec: C, options: RingOptions = {}): RingOf<C> {
  return create('spsc', codec, options);
}

/** A ring for any number of writers and one reader. */
export function mpsc<C extends AnyCodec>(codec: C, options: RingOptions = {}): RingOf<C> {
  return create('mpsc', codec, options);
}

/** A ring for one writer and any number of readers; every message goes to one of them. */
export function spmc<C extends AnyCodec>(codec: C, options: RingOptions = {}): RingOf<C> {
  return create('spmc', codec, options);
}

/** A ring for any number of writers and readers; every message goes to one reader. */
export function mpmc<C extends AnyCodec>(codec: C, options: RingOptions = {}): RingOf<C> {
  return create('mpmc', codec, options);
}

export interface BroadcastOptions extends RingOptions {
  /**
   * 1: one writer at a time; a second one that attaches throws `RoleTakenError`. It writes messages of fixed size in place and shows
   * each by one step, which is several times faster. Without it, any number.
   */
  readonly writers?: 1;
}

/**
 * A ring for any number of writers, in which every subscriber reads every message: `ring.subscribe()` instead
 * of `ring.reader`. The slowest subscriber holds the writers back; with `overflow: 'drop-oldest'` they never
 * wait for it: a subscriber that is a whole ring behind misses the oldest messages, and is told how many
 * (`reader.missed`, `subscribe({ onMissed })`).
 */
export function broadcast<C extends AnyCodec>(
  codec: C,
  options: BroadcastOptions = {},
): BroadcastRing<CodecValue<C>, CodecView<C>, CodecSlot<C>> {
  return create('broadcast', codec, options) as BroadcastRing<CodecValue<C>, CodecView<C>, CodecSlot<C>>;
}

/** `open` for the handle of a broadcast ring. */
export function openBroadcast<C extends AnyCodec>(
  handle: RingHandle,
  codec: C,
): BroadcastRing<CodecValue<C>, CodecView<C>, CodecSlot<C>>;
export function openBroadcast<T, V = T>(handle: RingHandle): BroadcastRing<T, V>;
export function openBroadcast(handle: RingHandle, codec?: AnyCodec): BroadcastRing<unknown, unknown> {
  const ring = codec === undefined ? open(handle) : open(handle, codec);
  if (ring instanceof BroadcastRing) return ring;
  throw new BadHandleError(`This is the handle of a ${ring.topology} ring; use open().`);
}

/**
 * The ring behind a handle that came from another thread. Built-in codecs travel in the handle; pass your own
 * as `codec`, and pass one to have its types. Throws `BadHandleError` for anything that is not the handle of
 * a ring this version can open, or whose codec is another one.
 */
export function open<C extends AnyCodec>(handle: RingHandle, codec: C): RingOf<C>;
export function open<T, V = T>(handle: RingHandle): Ring<T, V>;
export function open(handle: RingHandle, codec?: AnyCodec): Ring<unknown, unknown> {
  checkHandle(handle);
  const own = codec ?? codecFromSpec(handle.codec);
  if (codec !== undefined && !specsEqual(codec.spec, handle.codec))
    throw foreignCodec(codec.spec, handle.codec);
  const control = controlOf(handle);
  checkCodec(own, control.layout);
  return assemble(own, control, handle.wait);
}

/** The rarely used words of the ring behind a handle that has been checked. */
export function controlOf({ buffer, memory, lot }: RingHandle): RingControl {
  if (memory === undefined) {
    const layout = readLayout(buffer); // Before anything is made of the buffer: its length may be any.
    return new RingControl(new Memory(buffer), layout, Lot.open(lot));
  }
  const layout = readLayout(memory.buffer as SharedArrayBuffer, PAGE_BYTES);
  return new RingControl(new Memory(memory.buffer, memory), layout, Lot.open(lot));
}

function create<C extends AnyCodec>(topology: Topology, codec: C, options: RingOptions): RingOf<C> {
  checkOptions(topology, options);
  const { wait = 'adaptive', core, firstSequence } = options as RingOptions & { firstSequence?: number };
  const layout = layoutOf(geometryOf(topology, codec, options));
  const memory = sharedMemory(layout.bytes, core === 'wasm');
  writeGeometry(memory.i32, layout);
  return assemble(codec, new RingControl(memory, layout, defaultLot()), wait, firstSequence) as RingOf<C>;
}

function assemble(
  codec: AnyCodec,
  control: RingControl,
  wait: WaitStrategy,
  firstSequence?: number,
): Ring<unknown, unknown> {
  const { topology, turned } = control.layout;
  if (topology === 'broadcast') return new BroadcastRing(codec, control, wait, firstSequence);
  if (control.layout.rendezvous) return new RendezvousRing(codec, control, wait, firstSequence);
  return turned
    ? new MpmcRing(codec, control, wait, firstSequence)
    : new SpscRing(codec, control, wait, firstSequence);
}

function geometryOf(topology: Topology, codec: AnyCodec, options: BroadcastOptions): Geometry {
  const { overflow = 'block' } = options;
  const rendezvous = options.capacity === 0;
  const soleWriter = options.writers === 1;
  let { capacity = DEFAULT_CAPACITY } = options;
  if (rendezvous) capacity = STANDING_SLOTS;
  if (codec.kind === 'fixed') {
    const slotBytes = Math.ceil(codec.size / codec.alignment) * codec.alignment;
    return {
      topology,
      overflow,
      capacity,
      slotBytes,
      maxMessageBytes: codec.size,
      variable: false,
      rendezvous,
      soleWriter,
    };
  }
  const slotBytes = options.slotSize ?? Math.ceil(codec.typicalSize / 8) * 8;
  if (rendezvous) capacity = Math.max(capacity, Math.ceil((options.maxMessageSize ?? 1) / slotBytes));
  const maxMessageBytes = options.maxMessageSize ?? Math.min(DEFAULT_MAX_MESSAGE_BYTES, capacity * slotBytes);
  return { topology, overflow, capacity, slotBytes, maxMessageBytes, variable: true, rendezvous, soleWriter };
}

function checkOptions(topology: Topology, options: BroadcastOptions): void {
  const { overflow = 'block', wait = 'adaptive', core = 'js', writers } = options;
  const known = topology === 'broadcast' ? [...KNOWN_OPTIONS, 'writers'] : KNOWN_OPTIONS;
  for (const option of Object.keys(options)) {
    if (known.includes(option) || option === 'firstSequence') continue;
    throw new OptionError(option, `${topology}() has no option '${option}'; it has ${known.join(', ')}.`);
  }
  if (writers !== undefined && writers !== 1)
    throw new OptionError(
      'writers',
      `writers must be 1, or left out for any number; got ${JSON.stringify(writers)}.`,
    );
  oneOfThese('overflow', overflow, OVERFLOWS);
  oneOfThese('wait', wait, WAIT_STRATEGIES);
  const hasCores = topology !== 'spsc' && topology !== 'broadcast' && options.capacity !== 0;
  oneOfThese('core', core, hasCores ? CORES : ['js']);
}

function oneOfThese(option: string, value: string, allowed: readonly string[]): void {
  if (allowed.includes(value)) return;
  throw new OptionError(
    option,
    `${option} must be one of ${allowed.join(', ')}; got ${JSON.stringify(value)}.`,
  );
}

function checkHandle(handle: unknown): asserts handle is RingHandle {
  if (typeof handle !== 'object' || handle === null || (handle as RingHandle).millrace !== 1) {
    throw new BadHandleError(
      "This is not a ring's handle: pass on `ring.handle` as it is, through workerData or postMessage.",
    );
  }
  const { buffer, memory, wait } = handle as RingHandle;
  if (!(buffer instanceof SharedArrayBuffer)) {
    throw new BadHandleError(
      'The handle has no SharedArrayBuffer; handles pass between threads, not through JSON or files.',
    );
  }
  if (memory !== undefined && !(isWasmMemory(memory) && memory.buffer instanceof SharedArrayBuffer))
    throw new BadHandleError('The memory in the handle is no shared WebAssembly.Memory.');
  if (!WAIT_STRATEGIES.includes(wait))
    throw new BadHandleError(`The handle has no wait strategy this version knows: ${String(wait)}.`);
}

/** The geometry must be the one this codec would ask for. */
function checkCodec(codec: AnyCodec, layout: Geometry): void {
  const variable = codec.kind === 'variable';
  if (variable === layout.variable && (variable || codec.size === layout.maxMessageBytes)) return;
  throw new BadHandleError("The ring's slots do not fit the codec in its handle.");
}

function foreignCodec(own: CodecSpec, other: unknown): BadHandleError {
  return new BadHandleError(
    `The ring carries messages of codec ${showSpec(other)}, not ${showSpec(own)}; open it with the same codec.`,
  );
}
