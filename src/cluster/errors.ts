import { MillraceError, rememberErrorClass } from '../ring/index.ts';

/** There is no bus or topic of that name here, or it is not what it was opened as. */
export class TopicError extends MillraceError {
  constructor(message: string, options?: ErrorOptions) {
    super('MILLRACE_TOPIC', message, options);
  }
}

/**
 * A commit or an acknowledgement by a member that no longer reads the partition: it was given to another one meanwhile, which
 * reads on from what was committed before.
 */
export class StaleMemberError extends MillraceError {
  constructor(message: string, options?: ErrorOptions) {
    super('MILLRACE_STALE_MEMBER', message, options);
  }
}

rememberErrorClass('MILLRACE_TOPIC', TopicError);
rememberErrorClass('MILLRACE_STALE_MEMBER', StaleMemberError);
