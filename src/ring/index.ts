export { ClosedError, BadHandleError, CorruptRingError, DecodeError, EncodeError, FullError, MessageTooLargeError, MillraceError, OptionError, RoleTakenError, TimeoutError, UnsupportedError } from './errors.ts';
export { mpmc, mpsc, open, spmc, spsc } from './open.ts';
