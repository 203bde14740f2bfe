import { Do } from './actions.ts';
import type { TraceEntry } from './kernel.ts';
import type { World } from './world.ts';

const WORDS = [
  'STATE',
  'ERROR_BYTES',
  'WRITER_ROLE',
  'READER_ROLE',
  'READER_BELLS',
  'WRITER_BELLS',
  'PRODUCER_CURSOR',
  'CONSUMER_CURSOR',
  'FRONTIER',
  'RETURNED',
  'SUBSCRIPTION_EPOCH',
  'FRONTIER_HALVES',
  'WRITERS_ASLEEP',
  'VOID_CLAIMS',
];
const SUBSCRIPTION_WORDS = ['ACTIVE', 'CURSOR', 'SEAT'];
const DESK_WORDS = ['DESK_CLAIM_SPAN', 'DESK_TAKE_SPAN', 'DESK_ENDS'];
const PHASES = ['free', 'CLAIMED', 'PUBLISHED', 'TAKEN', 'RELEASED', 'VOID', 'RETURNED', '?'];

/** The name of a word of ring memory, by the layout. */
export function wordName({ offsets }: World, index: number): string {
  const at = (name: string) => offsets[name] as number;
  const plain = WORDS.find((name) => at(name) === index);
  if (plain) return plain;
  if (index * 4 >= at('payload')) return `payload[${(index * 4 - at('payload')) / at('slotBytes')}]`;
  const area = index < at('DESKS') ? undefined : perSlot(offsets, index);
  if (area) return area;
  const subscription = Math.floor((index - at('subscriptions')) / 32);
  if (subscription >= 0) {
    const word = SUBSCRIPTION_WORDS[(index - at('subscriptions')) % 32];
    return `subscription ${subscription}.${word}`;
  }
  const desk = Math.floor((index - at('DESKS')) / 32);
  const word = (index - at('DESKS')) % 32;
  return `desk ${desk}.${DESK_WORDS.find((name) => at(name) === word) ?? word}`;
}

function perSlot(offsets: Record<string, number>, index: number): string | undefined {
  const { turns = 0, runs = 0, lengths = 0, slots = 0, turned } = offsets;
  for (const [name, from] of Object.entries({
    turn: turned ? turns : Infinity,
    run: turned ? runs : Infinity,
    length: lengths,
  })) {
    if (index >= from && index < from + slots) return `${name}[${index - from}]`;
  }
  return undefined;
}

function turnWord(value: number): string {
  const flags = [value & 8 ? 'MANY' : '', value & 16 ? 'SLEEPER' : '', value & 32 ? 'CLOSED' : ''].filter(
    Boolean,
  );
  const owner = (value >> 6) & 127;
  return [`lap ${value >> 13}`, PHASES[value & 7], ...flags, owner ? `of ${owner}` : '']
    .filter(Boolean)
    .join(' ');
}

function shown(name: string, value: unknown): string {
  return name.startsWith('turn[') && typeof value === 'number' ? turnWord(value) : String(value);
}

/** One line a step: who, where in the source, what it did to which word. */
export function printTrace(world: World, entries: readonly TraceEntry[]): string {
  return entries.map((entry) => line(world, entry)).join('\n');
}

function nameOfAddress(world: World, address: number): string {
  const { region, index } = world.kernel.memory.locate(address);
  if (region === world.lanes) return `lot ${index >> 5}.${index % 32 === 0 ? 'bell' : 'thread'}`;
  return region === 0 ? wordName(world, index) : `second ${wordName(world, index)}`;
}

function line(world: World, { thread, what, step, address, before, after, result }: TraceEntry): string {
  const who = (world.actors[thread]?.name ?? 'newcomer').padEnd(3);
  if (what === Do.Kill) return `${who} ✝ dies`;
  if (what === Do.WakeSpuriously) return `${who} wakes for no reason`;
  if (what === Do.TimeOut) return `${who} finds that its time is over`;
  if (what === Do.Rescue) return `${who} finds that its time is over; nobody else could go on`;
  if (step.op === 'join') return `${who} has seen the end of ${world.actors[step.a ?? 0]?.name}`;
  if (step.op === 'rest') return `${who} looks again`;
  if (step.op === 'idle') return `${who} is told of a wake-up by its event loop`;
  const name = nameOfAddress(world, address);
  const site = world.sites.get(step.site);
  const where = `${site?.within} (${site?.file.slice(2)}:${site?.line})`;
  return `${who} ${step.op.padEnd(15)} ${name.padEnd(24)} ${effect(name, step.op, before, after, result).padEnd(60)} ${where}`;
}

function effect(name: string, op: string, before: number, after: number, result: unknown): string {
  if (op === 'waitAsync') return (result as { async: boolean }).async ? 'listening' : 'not-equal';
  if (op === 'wait' || op === 'notify') return String(result);
  if (op === 'load' || op === 'get') return shown(name, before);
  if (op === 'compareExchange' && before === after) return `${shown(name, before)} (no change)`;
  return `${shown(name, before)} → ${shown(name, after)}`;
}
