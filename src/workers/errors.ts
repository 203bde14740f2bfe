import { MillraceError, rememberErrorClass } from '../ring/index.ts';

/** A handler module can't be loaded, or does not export what a stage needs. */
export class HandlerModuleError extends MillraceError {
  constructor(message: string, options?: ErrorOptions) {
    super('MILLRACE_HANDLER_MODULE', message, options);
  }
}

/** A thread of a group ended before its task did. */
export class ThreadDiedError extends MillraceError {
  constructor(message: string, options?: ErrorOptions) {
    super('MILLRACE_THREAD_DIED', message, options);
  }
}

/** A record killed as many threads as it may (`maxDeaths`). */
export class PoisonError extends MillraceError {
  constructor(message: string, options?: ErrorOptions) {
    super('MILLRACE_POISON', message, options);
  }
}

rememberErrorClass('MILLRACE_POISON', PoisonError);
rememberErrorClass('MILLRACE_HANDLER_MODULE', HandlerModuleError);
rememberErrorClass('MILLRACE_THREAD_DIED', ThreadDiedError);
