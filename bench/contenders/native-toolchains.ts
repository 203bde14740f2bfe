import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import { ROOT } from '../root.ts';
import { pathOf } from './programs.ts';

/** How the driver of another language is made and started. */
export interface Toolchain {
  readonly language: 'cpp' | 'java' | 'python';
  /** How many times longer it warms up than others: a compiler at run time shares two cores with what it compiles. */
  readonly warmUps: number;
  /** Programs and files that have to be there: the Debian package that brings each. */
  readonly needs: { readonly programs: Packages; readonly files: Packages };
  /** Compiles `sources` into the folder `out`; nothing where that is not needed. */
  compile?(sources: readonly string[], out: string): readonly string[];
  /** What starts the driver that was compiled into the folder `built`. */
  start(built: string, sources: string): readonly string[];
}

type Packages = Readonly<Record<string, string>>;

const INCLUDE = '/usr/include';
const JARS = '/usr/share/java';

export const cpp: Toolchain = {
  language: 'cpp',
  warmUps: 1,
  needs: {
    programs: { 'g++': 'g++' },
    files: {
      [`${INCLUDE}/boost/lockfree/spsc_queue.hpp`]: 'libboost-dev',
      [`${INCLUDE}/concurrentqueue/concurrentqueue.h`]: 'libconcurrentqueue-dev',
    },
  },
  compile: (sources, out) => [
    ...['g++', '-std=c++20', '-O3', '-march=native', '-DNDEBUG', '-pthread'],
    ...['-o', join(out, 'driver')],
    ...sources.filter((source) => source.endsWith('.cpp')),
  ],
  start: (built) => [join(built, 'driver')],
};

const CLASS_PATH = [join(JARS, 'disruptor.jar'), join(JARS, 'jctools-core.jar')] as const;

export const java: Toolchain = {
  language: 'java',
  warmUps: 5,
  needs: {
    programs: { javac: 'default-jdk-headless', java: 'default-jdk-headless' },
    files: { [CLASS_PATH[0]]: 'libdisruptor-java', [CLASS_PATH[1]]: 'libjctools-java' },
  },
  compile: (sources, out) => ['javac', '-cp', CLASS_PATH.join(delimiter), '-d', out, ...sources],
  start: (built) => [
    // Much memory and the collector with the least to do for the threads that run: queues of objects make much garbage.
    ...['java', '-XX:+UseParallelGC', '-Xms1g', '-Xmx1g', '-Xmn768m'],
    ...['-cp', [built, ...CLASS_PATH].join(delimiter), 'Driver'],
  ],
};

export const python: Toolchain = {
  language: 'python',
  warmUps: 1,
  needs: { programs: { python3: 'python3' }, files: {} },
  start: (_, sources) => ['python3', join(sources, 'driver.py')],
};

/** What is not there, and how to get it; `undefined` when nothing is missing. */
export function missingOf({ language, needs: { programs, files } }: Toolchain): string | undefined {
  if (!existsSync(folderOf(language))) return 'its source is in the repository only';
  const packages = [
    ...absent(programs, (program) => pathOf(program) !== undefined),
    ...absent(files, (file) => existsSync(file)),
  ];
  if (packages.length === 0) return undefined;
  return `not installed: apt install ${[...new Set(packages)].join(' ')}`;
}

function absent(packages: Packages, isThere: (what: string) => boolean): string[] {
  return Object.entries(packages).flatMap(([what, from]) => (isThere(what) ? [] : [from]));
}

/** The command that starts the driver, which is compiled before if that has not been done from the sources as they are. */
export async function driverOf(toolchain: Toolchain): Promise<readonly string[]> {
  const folder = folderOf(toolchain.language);
  if (toolchain.compile === undefined) return toolchain.start(folder, folder);
  const sources = readdirSync(folder)
    .sort()
    .map((name) => join(folder, name));
  const builds = join(ROOT, 'build', 'native');
  const built = join(builds, `${toolchain.language}-${hashOf(sources, toolchain.compile(sources, ''))}`);
  if (!existsSync(built)) await compile(toolchain.compile, sources, builds, built);
  return toolchain.start(built, folder);
}

const folderOf = (language: Toolchain['language']): string => join(ROOT, 'bench', 'native', language);

function hashOf(sources: readonly string[], command: readonly string[]): string {
  const hash = createHash('sha256').update(JSON.stringify(command));
  for (const source of sources) hash.update(readFileSync(source));
  return hash.digest('hex').slice(0, 12);
}

/** Into a folder of its own first: whoever sees the right name sees a driver that is whole. */
async function compile(
  command: NonNullable<Toolchain['compile']>,
  sources: readonly string[],
  builds: string,
  built: string,
): Promise<void> {
  mkdirSync(builds, { recursive: true });
  const folder = mkdtempSync(join(builds, 'making-'));
  try {
    const [program = '', ...args] = command(sources, folder);
    await promisify(execFile)(program, args);
    renameSync(folder, built);
  } catch (error) {
    // Another process may have made the same meanwhile.
    if (!existsSync(built)) throw error;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
