import { MillraceError, rememberErrorClass } from '../ring/index.ts';

/** There is no bus or topic of that name here, or it is not what it was opened as. */
export class TopicError extends MillraceError {
  constructor(message: string, options?: ErrorOptions) {
    super('MILLRACE_TOPIC', message, options);
  }
}

rememberErrorClass('MILLRACE_TOPIC', TopicError);
