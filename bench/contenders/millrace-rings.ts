import { mpmc, mpsc, spmc, spsc } from 'millrace/ring';
import { isStream, type Scenario } from '../scenarios/index.ts';
import type { Contender } from './contender.ts';
import { type Create, millrace } from './millrace.ts';
import { missingFormat } from './millrace-codecs.ts';

/** The rings of the library, in the order of the table. */
export const millraceRings: readonly Contender[] = [
  millrace('spsc', spsc as Create, (scenario) => isAlone(scenario) && scenario.kind !== 'broadcast'),
  millrace('spsc-json', spsc as Create, isObjectFlow, 'json'),
  { ...millrace('spsc-msgpack', spsc as Create, isObjectFlow, 'msgpack'), missing: missingFormat },
  millrace('mpsc', mpsc as Create, (scenario) =>
    isFlow(scenario, (producers, consumers) => producers > consumers),
  ),
  millrace('spmc', spmc as Create, (scenario) =>
    isFlow(scenario, (producers, consumers) => producers < consumers),
  ),
  millrace('mpmc', mpmc as Create, isForAll),
  millrace('mpmc-core', (codec, options) => mpmc(codec, { ...options, core: 'wasm' }), isForAll),
];

function isForAll({ kind }: Scenario): boolean {
  return kind === 'flow' || kind === 'round-trip' || kind === 'one-thread';
}

/** One writer, one reader. */
function isAlone(scenario: Scenario): boolean {
  if (isStream(scenario)) return scenario.producers === 1 && scenario.consumers === 1;
  return scenario.kind === 'round-trip' || scenario.kind === 'one-thread';
}

function isObjectFlow(scenario: Scenario): boolean {
  return scenario.kind === 'flow' && scenario.payload === 'object' && isAlone(scenario);
}

function isFlow(scenario: Scenario, fits: (producers: number, consumers: number) => boolean): boolean {
  return scenario.kind === 'flow' && fits(scenario.producers, scenario.consumers);
}
