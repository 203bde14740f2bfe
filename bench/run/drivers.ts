import type { FlowDriver, OneThreadDriver, RoundTripDriver } from '../contenders/contender.ts';
import { contenderNamed } from '../contenders/index.ts';

/** The drivers of a contender by its name, which is all that a thread is told. */
export const flowDriverOf = (contender: string): FlowDriver =>
  contenderNamed(contender).flow ?? lacks(contender);

export const roundTripDriverOf = (contender: string): RoundTripDriver =>
  contenderNamed(contender).roundTrip ?? lacks(contender);

export const oneThreadDriverOf = (contender: string): OneThreadDriver =>
  contenderNamed(contender).oneThread ?? lacks(contender);

function lacks(contender: string): never {
  throw new Error(`${contender} says that it does a scenario for which it has no driver.`);
}
