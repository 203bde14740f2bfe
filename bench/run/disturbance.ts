import { readFileSync } from 'node:fs';
import { cpus } from 'node:os';

/** Clock ticks a second in /proc/stat: 100 on every Linux that runs Node. */
const TICK_MS = 10;

/** Processor time since some start, in milliseconds. */
interface Usage {
  readonly wall: number;
  /** Of this process, and of those that it started and that have ended. */
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

function usage(): Usage | undefined {
  const all = busyMs();
  const { user, system } = process.cpuUsage();
  return all === undefined
    ? undefined
    : { wall: performance.now(), own: (user + system) / 1000 + childrenMs(), all };
}

/** Processor time of children that have ended: two fields behind the name, which may hold spaces itself. */
function childrenMs(): number {
  const fields = readFileSync('/proc/self/stat', 'utf8')
    .replace(/^.*\) /s, '')
    .split(' ');
  return (Number(fields[13]) + Number(fields[14])) * TICK_MS;
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
