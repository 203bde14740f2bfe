/**
 * What can go wrong in a ring. Every error has a stable `code`, and a message that says what to do.
 */
export class MillraceError extends Error {
  readonly code: string;

  constructor(code: string, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = new.target.name;
    this.code = code;
  }
}

/** The ring was closed: a writer was refused, or a reader has read everything there was. */
export class ClosedError extends MillraceError {
  constructor(
    message = 'The ring is closed; create a new one, or check `closed` before writing.',
    options?: ErrorOptions,
  ) {
    super('MILLRACE_CLOSED', message, options);
  }
}

/** A wait ended because its `timeout` ran out. Nothing was written or read. */
export class TimeoutError extends MillraceError {
  constructor(message: string) {
    super('MILLRACE_TIMEOUT', message);
  }
}

/** A ring with `overflow: 'strict'` was full. Nothing was written. */
export class FullError extends MillraceError {
  constructor(message: string) {
    super('MILLRACE_FULL', message);
  }
}

/** A message needs more bytes than the ring's stated maximum. Nothing was written. */
export class MessageTooLargeError extends MillraceError {
  constructor(message: string) {
    super('MILLRACE_TOO_LARGE', message);
  }
}

/** What was passed to `open` is not the handle of a ring this version can open. */
export class BadHandleError extends MillraceError {
  constructor(message: string, options?: ErrorOptions) {
    super('MILLRACE_BAD_HANDLE', message, options);
  }
}

/** A single-writer ring has a writer already, or a single-reader ring a reader. */
export class RoleTakenError extends MillraceError {
  constructor(message: string) {
    super('MILLRACE_ROLE_TAKEN', message);
  }
}

/** A word in shared memory holds what no thread of Millrace writes there: something else scribbled over it. */
export class CorruptRingError extends MillraceError {
  constructor(message: string) {
    super('MILLRACE_CORRUPT', message);
  }
}

/** A value does not fit its codec. Nothing was written. `field` is its path, '' for the value itself. */
export class EncodeError extends MillraceError {
  readonly field: string;

  constructor(field: string, message: string, options?: ErrorOptions) {
    super('MILLRACE_ENCODE', message, options);
    this.field = field;
  }
}

/** Bytes in the ring mean nothing to the codec. `field` is the path in the message, `offset` its byte offset there. */
export class DecodeError extends MillraceError {
  readonly field: string;
  readonly offset: number;

  constructor(field: string, offset: number, message: string, options?: ErrorOptions) {
    super('MILLRACE_DECODE', message, options);
    this.field = field;
    this.offset = offset;
  }
}

/**
 * With checks on (see `checkViews`): a view was used after its callback had returned, its batch had ended or the next message
 * had been shown, or a slot after its `fill` callback.
 */
export class StaleViewError extends MillraceError {
  constructor(message: string) {
    super('MILLRACE_STALE_VIEW', message);
  }
}

/** This runtime, engine or ring can't do what was asked for. */
export class UnsupportedError extends MillraceError {
  constructor(message: string) {
    super('MILLRACE_UNSUPPORTED', message);
  }
}

/** An option has a value that makes no sense. */
export class OptionError extends MillraceError {
  readonly option: string;

  constructor(option: string, message: string) {
    super('MILLRACE_OPTION', message);
    this.option = option;
  }
}
