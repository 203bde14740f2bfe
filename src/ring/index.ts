export type { Batch } from './batch.ts';
export { type BatchingOptions, BatchingWriter, batching } from './batching-writer.ts';
export type {
  BroadcastReader,
  BroadcastRing,
  SubscribeOptions,
  SubscriptionOptions,
} from './broadcast/broadcast-ring.ts';
export type { MessageViewer } from './broadcast/message-viewer.ts';
export type { SharedSubscription } from './broadcast/shared-subscription.ts';
export type { Claim } from './claim.ts';
export { array } from './codec/array.ts';
export { bool } from './codec/bool.ts';
export { type ByteRows, byteRows } from './codec/byte-rows.ts';
export { bytes } from './codec/bytes.ts';
export { clone } from './codec/clone.ts';
export type {
  Codec,
  CodecSlot,
  CodecSpec,
  CodecValue,
  CodecView,
  FixedBinding,
  FixedCodec,
  VariableBinding,
  VariableCodec,
} from './codec/codec.ts';
export { custom } from './codec/custom.ts';
export { json } from './codec/json.ts';
export { msgpack } from './codec/msgpack.ts';
export { f32, f64, i8, i16, i32, i64, u8, u16, u32, u64 } from './codec/number.ts';
export { oneOf } from './codec/one-of.ts';
export { optional } from './codec/optional.ts';
export { codecFromSpec, specsEqual } from './codec/registry.ts';
export { struct } from './codec/struct.ts';
export { utf8 } from './codec/text.ts';
export { copy } from './codec/view.ts';
export {
  BadHandleError,
  ClosedError,
  CorruptRingError,
  DecodeError,
  EncodeError,
  FullError,
  MessageTooLargeError,
  MillraceError,
  OptionError,
  RoleTakenError,
  StaleViewError,
  TimeoutError,
  UnsupportedError,
} from './errors.ts';
export { type Latest, type LatestHandle, type LatestOptions, latest, openLatest } from './latest.ts';
export type { Overflow, Topology } from './layout.ts';
export { type Lot, type Seat, threadToken, tokenOf } from './lot.ts';
export { Memory } from './memory.ts';
export { type BroadcastOptions, broadcast, mpmc, mpsc, open, openBroadcast, spmc, spsc } from './open.ts';
export { fromPortable, type PortableError, rememberErrorClass, toPortable } from './portable-error.ts';
export { openPriority, type PriorityOptions, priority } from './priority/open-priority.ts';
export type { PriorityReader } from './priority/priority-reader.ts';
export type { PriorityHandle, PriorityRing, PriorityStats } from './priority/priority-ring.ts';
export type { LevelOption, PriorityWriter } from './priority/priority-writer.ts';
export type { RingReader } from './reader.ts';
export type { Ring, RingHandle, RingOptions, RingStats, TimeoutOption } from './ring.ts';
export type { Slot } from './slots.ts';
export { asThread, type Thread } from './thread.ts';
export { checkViews } from './view-checks.ts';
export { abandonWaits, type Queue, type WaitOptions, waitUntil } from './waiting/async-wait.ts';
export { type Selectable, select, selectSync } from './waiting/select.ts';
export type { Waitable, WaitStrategy } from './waiting/wait-strategy.ts';
export type { RingWriter } from './writer.ts';
