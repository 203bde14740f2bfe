import { readdirSync, readFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { withoutComments } from './syntax.ts';
import { type Program, transform } from './transform.ts';

/**
 * One replacement in the compiled text; it must be found, or the code has moved on and the change with it. Comments and how the
 * text is laid out in lines do not matter.
 */
export interface Patch {
  /** Any file when left out. */
  readonly file?: string;
  readonly from: string | RegExp;
  readonly to: string;
}

/** Makes changes of one file of the compiled ring. */
export const patchesOf =
  (file: string) =>
  (from: string, to: string): Patch => ({ file, from, to });

/** A call of `arm` after which a sleep lasts until somebody ends it, however long it may. */
export const endless = (arms: string): string => `(${arms} > 0 ? Infinity : 0)`;

const constant = (name: string, value: number): Patch => ({
  from: new RegExp(`const ${name} = [^;]+;`),
  to: `const ${name} = ${value};`,
});

/**
 * The same algorithm with small constants, so that a few steps reach what takes thousands in the field: slots are used
 * again after a few messages, hints are left at each, unfinished claims are given up at once, few seats are rung. Who spins
 * looks a few times (every eighth look is a thorough one) and then rests until something it has looked at changes.
 */
export const SMALL: readonly Patch[] = [
  constant('SEATS', 5),
  constant('REPAIRERS_MAX', 2),
  constant('SEAT_SET_WORDS', 1),
  constant('MIN_SLOTS_WITH_TURNS', 1),
  constant('STANDING_SLOTS', 2),
  constant('SUBSCRIPTIONS', 3),
  constant('HINT_EVERY', 1),
  constant('WORDS_A_LINE', 1),
  constant('LOOKS_AT_UNFINISHED', 0),
  constant('LOOKS_AT_READING', 1),
  constant('LOOKS_AT_READERS', 3),
  constant('ADAPTIVE_LOOKS', 2),
  constant('BUFFERS', 2),
  { file: 'wait-strategy.js', from: /look < 1000/, to: 'look < 8' },
  {
    file: 'wait-strategy.js',
    from: 'if (nowMs() >= deadline)',
    to: 'if ($rest(deadline), nowMs() >= deadline)',
  },
  { file: 'rendezvous-writer.js', from: 'pause();', to: '$rest(1);' },
];

/** Runs open the same ring again and again: what follows from its buffer alone is worked out once. */
const REOPEN: readonly Patch[] = [
  { file: 'open.js', from: 'readLayout(buffer)', to: '(buffer.layout ??= readLayout(buffer))' },
  { file: 'open.js', from: 'new Memory(buffer)', to: '(buffer.memory ??= new Memory(buffer))' },
];

/** Lets every run begin with a thread that knows no lot, and in which nothing waits. */
const RESETS: ReadonlyMap<string, string> = new Map([
  ['./lot.js', "lots.delete($import('./thread.js').currentThread());"],
  ['./async-wait.js', 'pendingWaits = 0; aliveTimer = undefined;'],
]);

/** Modules with nothing to schedule, used as they are; they must be the same objects in every logical thread. */
const SHARED = ['errors.js', 'view-checks.js'];
const REPLACED = ['atomics.js', 'globals.js', 'index.js', 'ring.js'];
/** Where the ring's modules are. Their names are unique: the explorer knows them without their folders. */
const FOLDERS = ['', 'spsc/', 'mpmc/', 'broadcast/', 'waiting/', 'priority/', 'rendezvous/'];

export interface RingProgram extends Program {
  readonly shared: ReadonlyMap<string, Record<string, unknown>>;
  readonly plain: boolean;
}

/** Where the compiled ring lies; another copy can be named to try a fix before it is made. */
const ringDirectory = (): URL =>
  process.env['MILLRACE_RING']
    ? pathToFileURL(`${process.env['MILLRACE_RING']}/`)
    : new URL('../../dist/ring/', import.meta.url);

const sourcesOf = new Map<string, ReadonlyMap<string, string>>();

/** The modules' texts without comments, by their names. */
function ringSources(): ReadonlyMap<string, string> {
  const directory = ringDirectory();
  const known = sourcesOf.get(directory.href);
  if (known) return known;
  const sources = new Map<string, string>();
  for (const folder of FOLDERS) {
    const within = new URL(folder, directory);
    for (const file of readdirSync(within)) {
      if (!file.endsWith('.js') || SHARED.includes(file) || REPLACED.includes(file)) continue;
      sources.set(`./${file}`, withoutComments(withoutFolders(readFileSync(new URL(file, within), 'utf8'))));
    }
  }
  sourcesOf.set(directory.href, sources);
  return sources;
}

export interface LoadOptions {
  readonly patches?: readonly Patch[];
  /** Makes plain accesses to shared words scheduling points too. */
  readonly plain?: boolean;
}

export async function loadProgram({ patches = [], plain = false }: LoadOptions = {}): Promise<RingProgram> {
  const sources = new Map(ringSources());
  for (const patch of [...SMALL, ...REOPEN, ...patches]) apply(patch, sources);
  for (const [name, code] of RESETS)
    sources.set(name, `${sources.get(name)}\nexport function $reset() { ${code} }\n`);
  const shared = new Map<string, Record<string, unknown>>();
  for (const file of SHARED) shared.set(`./${file}`, await import(new URL(file, ringDirectory()).href));
  return { ...transform(sources, plain), shared, plain };
}

/** Imports by name alone, but for the codecs, which are not explored. */
function withoutFolders(source: string): string {
  return source
    .replace(/(from ')(?:\.\.?\/)+(codec\/)/g, '$1./$2')
    .replace(
      /(from ')(?:\.\.?\/)+(?:spsc\/|mpmc\/|broadcast\/|waiting\/|priority\/|rendezvous\/)?(?!codec\/)/g,
      '$1./',
    );
}

function apply({ file, from, to }: Patch, sources: Map<string, string>): void {
  const pattern = typeof from === 'string' ? laidOutAnyhow(from) : from;
  for (const [name, text] of sources) {
    if ((file !== undefined && name !== `./${file}`) || !pattern.test(text)) continue;
    sources.set(
      name,
      text.replace(pattern, () => to),
    );
    return;
  }
  throw new Error(`${file ?? 'The ring'} no longer contains: ${from}`);
}

/** Matches this text wherever its lines are broken and however they are indented. */
export function laidOutAnyhow(text: string): RegExp {
  const words = text.trim().split(/\s+/);
  return new RegExp(words.map((word) => word.replace(/[$()*+.?[\\\]^{|}]/g, '\\$&')).join('\\s+'));
}
