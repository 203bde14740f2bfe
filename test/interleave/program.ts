import { readdirSync, readFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { type Program, transform } from './transform.ts';

/** One replacement in the compiled text; it must be found, or the code has moved on and the change with it. */
export interface Patch {
  /** Any file when left out. */
  readonly file?: string;
  readonly from: string;
  readonly to: string;
}

/**
 * The same algorithm with small constants, so that a few steps reach what takes thousands in the field: slots are used
 * again after a few messages, hints are left at each, unfinished claims are given up at once, few seats are rung.
 */
export const SMALL: readonly Patch[] = [
  { from: 'const SEATS = 127;', to: 'const SEATS = 5;' },
  { from: 'const SEAT_SET_WORDS = 4;', to: 'const SEAT_SET_WORDS = 1;' },
  { from: 'const MIN_SLOTS_WITH_TURNS = 64;', to: 'const MIN_SLOTS_WITH_TURNS = 1;' },
  { from: 'const STANDING_SLOTS = 64;', to: 'const STANDING_SLOTS = 2;' },
  { from: 'const SUBSCRIPTIONS = 32;', to: 'const SUBSCRIPTIONS = 3;' },
  { from: 'const HINT_EVERY = 32;', to: 'const HINT_EVERY = 1;' },
  { from: 'const LOOKS_AT_UNFINISHED = 16;', to: 'const LOOKS_AT_UNFINISHED = 0;' },
];

/** Runs open the same ring again and again: what follows from its buffer alone is worked out once. */
const REOPEN: readonly Patch[] = [
  { file: 'open.js', from: 'readLayout(buffer)', to: '(buffer.layout ??= readLayout(buffer))' },
  { file: 'open.js', from: 'new Memory(buffer)', to: '(buffer.memory ??= new Memory(buffer))' },
];

/** Lets every run begin with a thread that knows no lot. */
const RESET_LOT = '\nexport function $reset() { known.clear(); own = undefined; }\n';

/** Modules with nothing to schedule, used as they are; they must be the same objects in every logical thread. */
const SHARED = ['errors.js', 'view-checks.js'];
const REPLACED = ['atomics.js', 'globals.js', 'index.js', 'ring.js'];
/** Where the ring's modules are. Their names are unique: the explorer knows them without their folders. */
const FOLDERS = ['', 'spsc/', 'mpmc/', 'broadcast/', 'waiting/', 'rendezvous/'];
/** Built on the ring, or beside it; not explored here. */
const BESIDE = ['latest.js', 'select.js'];

export interface RingProgram extends Program {
  readonly shared: ReadonlyMap<string, Record<string, unknown>>;
}

/** Where the compiled ring lies; another copy can be named to try a fix before it is made. */
export const ringDirectory = (): URL =>
  process.env['MILLRACE_RING']
    ? pathToFileURL(`${process.env['MILLRACE_RING']}/`)
    : new URL('../../dist/ring/', import.meta.url);

export async function loadProgram(patches: readonly Patch[] = []): Promise<RingProgram> {
  const directory = ringDirectory();
  const sources = new Map<string, string>();
  for (const folder of FOLDERS) {
    const within = new URL(folder, directory);
    for (const file of readdirSync(within)) {
      if (!file.endsWith('.js') || SHARED.includes(file) || REPLACED.includes(file) || BESIDE.includes(file))
        continue;
      sources.set(`./${file}`, withoutFolders(readFileSync(new URL(file, within), 'utf8')));
    }
  }
  for (const patch of [...SMALL, ...REOPEN, ...patches]) apply(patch, sources);
  sources.set('./lot.js', `${sources.get('./lot.js')}${RESET_LOT}`);
  const shared = new Map<string, Record<string, unknown>>();
  for (const file of SHARED) shared.set(`./${file}`, await import(new URL(file, directory).href));
  return { ...transform(sources), shared };
}

/** Imports by name alone, but for the codecs, which are not explored. */
function withoutFolders(source: string): string {
  return source
    .replace(/(from ')(?:\.\.?\/)+(codec\/)/g, '$1./$2')
    .replace(/(from ')(?:\.\.?\/)+(?:spsc\/|mpmc\/|broadcast\/|waiting\/|rendezvous\/)?(?!codec\/)/g, '$1./');
}

function apply({ file, from, to }: Patch, sources: Map<string, string>): void {
  for (const [name, text] of sources) {
    if ((file !== undefined && name !== `./${file}`) || !text.includes(from)) continue;
    sources.set(
      name,
      text.replace(from, () => to),
    );
    return;
  }
  throw new Error(`${file ?? 'The ring'} no longer contains: ${from}`);
}
