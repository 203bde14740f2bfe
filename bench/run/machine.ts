import { execFileSync } from 'node:child_process';
import { cpus, loadavg } from 'node:os';

/** Without these a number means nothing. */
export interface Machine {
  readonly cpu: string;
  readonly cores: number;
  readonly node: string;
  readonly platform: string;
  /** `undefined` outside of a repository. */
  readonly commit: string | undefined;
  /** The load average of the last minute, before the first round. */
  readonly load: number;
}

export function describeMachine(): Machine {
  const cores = cpus();
  return {
    cpu: cores[0]?.model ?? 'unknown processor',
    cores: cores.length,
    node: process.version,
    platform: `${process.platform} ${process.arch}`,
    commit: commit(),
    load: loadavg()[0] ?? 0,
  };
}

/** Whether somebody else is using the machine: the threads of a round want their cores for themselves. */
export function isBusy({ load, cores }: Machine): boolean {
  return load > cores / 2;
}

/** All files but those of results: a second run is of the same code as the first. */
const MEASURED = [':/', ':(exclude,top)bench/results'];

function commit(): string | undefined {
  try {
    const hash = git('rev-parse', '--short', 'HEAD');
    return git('status', '--porcelain', '--', ...MEASURED) === '' ? hash : `${hash} with changes`;
  } catch {
    return undefined;
  }
}

function git(...args: string[]): string {
  return execFileSync('git', args, {
    cwd: new URL('.', import.meta.url),
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  }).trim();
}
