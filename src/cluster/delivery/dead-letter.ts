import type { Headers } from '../topic/record.ts';

/** Why a message was given up, and where it came from. */
export interface DeadLetterInfo {
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
  /** The group that gave it up. */
  readonly group: string;
  /**
   * `error`: its handler failed, or gave it back, too often. `death`: threads died over it. `expired`: its time to live was
   * over. Or what `dead(reason)` said.
   */
  readonly reason: string;
  /** The last error's class and message, and its stack. */
  readonly error?: string | undefined;
  readonly stack?: string | undefined;
  /** Deliveries. */
  readonly attempts: number;
  /** Threads that died over it, among those. */
  readonly deaths: number;
  /** Node's `threadId` of the thread that gave it up. */
  readonly thread: number;
  /** Milliseconds since 1970. */
  readonly at: number;
}

const PREFIX = 'dead-letter-';
const STACK_MAX = 2048;
const ERROR_SHORT = 64;

/** The headers of a dead letter: those of the message, and why it was given up. */
export function deadLetterHeaders(letter: DeadLetterInfo, headers: Headers = {}): Headers {
  const added: Record<string, string | number> = {};
  for (const [name, value] of Object.entries(letter)) {
    if (value !== undefined)
      added[PREFIX + name] = name === 'stack' ? String(value).slice(0, STACK_MAX) : value;
  }
  return { ...headers, ...added };
}

/** The same for a topic whose messages are small: no stack, and the beginning of the error. */
export function inShort({ stack: _, error, ...letter }: DeadLetterInfo): DeadLetterInfo {
  return { ...letter, error: error?.slice(0, ERROR_SHORT) };
}

/** Why a message is a dead letter; `undefined` when it is not one. */
export function deadLetterOf(headers: Headers | undefined): DeadLetterInfo | undefined {
  if (headers?.[`${PREFIX}reason`] === undefined) return undefined;
  const at = (name: string) => headers[PREFIX + name];
  const text = (name: string) => (at(name) === undefined ? undefined : String(at(name)));
  return {
    topic: String(at('topic')),
    partition: Number(at('partition')),
    offset: Number(at('offset')),
    group: String(at('group')),
    reason: String(at('reason')),
    error: text('error'),
    stack: text('stack'),
    attempts: Number(at('attempts')),
    deaths: Number(at('deaths')),
    thread: Number(at('thread')),
    at: Number(at('at')),
  };
}

/** The headers that the message had before it became a dead letter; `undefined` when there were none. */
export function withoutDeadLetter(headers: Headers | undefined): Headers | undefined {
  const own = Object.entries(headers ?? {}).filter(([name]) => !name.startsWith(PREFIX));
  return own.length === 0 ? undefined : Object.fromEntries(own);
}

/** What `error` and `stack` say of something that was thrown. */
export function describeFailure(failure: unknown): Pick<DeadLetterInfo, 'error' | 'stack'> {
  if (!(failure instanceof Error)) return { error: String(failure) };
  return { error: `${failure.name}: ${failure.message}`, stack: failure.stack };
}
