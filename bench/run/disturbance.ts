import type { ChildProcess } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { cpus } from 'node:os';

/** Clock ticks a second in /proc/stat: 100 on every Linux that runs Node. */
const TICK_MS = 10;

/** Processor time since some start, in milliseconds. */
interface Usage {
  readonly wall: number;
  /** Of this process, of those that it started and that have ended, and of its companions. */
  readonly own: number;
  /** Of all processes on all cores, and what a hypervisor took away. */
  readonly all: number;
}

/**
 * How many cores others took away meanwhile, on average, from threads that need one each. A round in which they did not
 * have their cores for themselves says nothing about queues; unlike its result, this may decide whether it is run again.
 */
export class Disturbance {
  readonly #spare: number;
  readonly #before = usage();

  constructor(threads: number) {
    this.#spare = Math.max(0, cpus().length - threads);
  }

  /** Cores from the making of this object until now; `undefined` where the system does not tell. */
  measure(): number | undefined {
    const now = usage();
    if (now === undefined || this.#before === undefined) return undefined;
    const others = now.all - this.#before.all - (now.own - this.#before.own);
    return Math.max(0, others / (now.wall - this.#before.wall) - this.#spare);
  }
}

/** Processes that go on from round to round. */
const companions = new Set<number>();

/** Counts what a process takes that goes on from round to round, a server say, as the run's own. */
export function accompany(companion: ChildProcess): void {
  const { pid } = companion;
  if (pid === undefined) return;
  companions.add(pid);
  companion.once('exit', () => companions.delete(pid));
}

function usage(): Usage | undefined {
  const all = busyMs();
  const { user, system } = process.cpuUsage();
  if (all === undefined) return undefined;
  const [, ended] = timesOf('self');
  const beside = [...companions].reduce((sum, pid) => sum + timesOf(pid)[0], 0);
  return { wall: performance.now(), own: (user + system) / 1000 + ended + beside, all };
}

/** Processor time of a process, and of its children that have ended: fields behind the name, which may hold spaces itself. */
function timesOf(pid: number | 'self'): [own: number, ended: number] {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
      .replace(/^.*\) /s, '')
      .split(' ')
      .map(Number);
    const [user = 0, system = 0, endedUser = 0, endedSystem = 0] = fields.slice(11, 15);
    return [(user + system) * TICK_MS, (endedUser + endedSystem) * TICK_MS];
  } catch {
    return [0, 0]; // It has ended meanwhile.
  }
}

function busyMs(): number | undefined {
  try {
    const [user = 0, nice = 0, system = 0, , , irq = 0, softirq = 0, steal = 0] = readFileSync(
      '/proc/stat',
      'utf8',
    )
      .slice(0, 200)
      .split('\n', 1)
      .join('')
      .replace(/^cpu +/, '')
      .split(' ')
      .map(Number);
    return (user + nice + system + irq + softirq + steal) * TICK_MS;
  } catch {
    return undefined;
  }
}
