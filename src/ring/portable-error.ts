import {
  BadHandleError,
  ClosedError,
  CorruptRingError,
  DecodeError,
  EncodeError,
  FullError,
  MessageTooLargeError,
  OptionError,
  RoleTakenError,
  TimeoutError,
  UnsupportedError,
} from './errors.ts';

/** An error as plain data, so that it can cross to another thread: what of it means something there. */
export interface PortableError {
  name: string;
  message: string;
  code?: string;
  stack?: string;
}

type ErrorClass = new (...parameters: never[]) => Error;

/** The classes that come back as themselves, by the code that only they have. */
const byCode = new Map<string, ErrorClass>([
  ['MILLRACE_CLOSED', ClosedError],
  ['MILLRACE_TIMEOUT', TimeoutError],
  ['MILLRACE_FULL', FullError],
  ['MILLRACE_TOO_LARGE', MessageTooLargeError],
  ['MILLRACE_BAD_HANDLE', BadHandleError],
  ['MILLRACE_ROLE_TAKEN', RoleTakenError],
  ['MILLRACE_CORRUPT', CorruptRingError],
  ['MILLRACE_ENCODE', EncodeError],
  ['MILLRACE_DECODE', DecodeError],
  ['MILLRACE_UNSUPPORTED', UnsupportedError],
  ['MILLRACE_OPTION', OptionError],
]);
const byName = new Map<string, ErrorClass>(
  [RangeError, TypeError, SyntaxError, ReferenceError, EvalError, URIError].map((type) => [type.name, type]),
);

/** For the error classes of other layers. */
export function rememberErrorClass(code: string, type: ErrorClass): void {
  byCode.set(code, type);
}

/** Whatever was thrown, even if it throws when it is looked at. */
export function toPortable(error: unknown): PortableError {
  try {
    if (!(error instanceof Error)) return { name: 'Error', message: String(error) };
    const { name, message, code, stack } = error as Error & { code?: unknown };
    return {
      name: String(name),
      message: String(message),
      ...(typeof code === 'string' ? { code } : {}),
      ...(typeof stack === 'string' ? { stack } : {}),
    };
  } catch {
    return { name: 'Error', message: 'Something was thrown that can not be described.' };
  }
}

/** An error of the same name, message, code and stack; of the same class where that is known here. */
export function fromPortable({ name, message, code, stack }: PortableError): Error {
  const type = (code === undefined ? undefined : byCode.get(code)) ?? byName.get(name) ?? Error;
  const error = Object.setPrototypeOf(new Error(message), type.prototype) as Error;
  const facts: Record<string, string> = { name, ...(code ? { code } : {}), ...(stack ? { stack } : {}) };
  for (const [key, value] of Object.entries(facts)) {
    Object.defineProperty(error, key, { value, configurable: true, writable: true });
  }
  return error;
}
