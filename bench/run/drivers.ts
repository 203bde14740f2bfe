import { type Contender, contenderNamed } from '../contenders/index.ts';

/** The parts of a contender that are drivers. */
type Kind = 'flow' | 'roundTrip' | 'oneThread' | 'pool' | 'topic' | 'job';

/** A driver of a contender by its name, which is all that a thread is told. */
export async function driverOf<K extends Kind>(
  contender: string,
  kind: K,
): Promise<NonNullable<Contender[K]>> {
  const driver = (await contenderNamed(contender))[kind];
  if (driver !== undefined) return driver;
  throw new Error(`${contender} says that it does a scenario for which it has no driver.`);
}
