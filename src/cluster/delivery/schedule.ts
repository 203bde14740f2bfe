import { Cron } from 'croner';
import { OptionError } from '../../ring/index.ts';

/** When a scheduled message is sent: a cron pattern, with seconds in front where wanted. */
export interface Schedule {
  readonly cron: string;
  /** An IANA name, such as `Europe/Zurich`. Default: the process's time zone. */
  readonly timeZone?: string;
}

/**
 * The first time of a schedule after a given one, in milliseconds since 1970; `undefined` when there is none any more.
 * Throws `OptionError` for a bad pattern.
 */
export function nextTime({ cron, timeZone }: Schedule, afterMs: number): number | undefined {
  try {
    const pattern = new Cron(cron, timeZone === undefined ? {} : { timezone: timeZone });
    return pattern.nextRun(new Date(afterMs))?.getTime();
  } catch (error) {
    throw new OptionError('schedule', `'${cron}' is no schedule: ${(error as Error).message}`);
  }
}
