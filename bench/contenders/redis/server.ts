import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { setTimeout } from 'node:timers/promises';
import { accompany } from '../../run/disturbance.ts';
import { pathOf } from '../programs.ts';

const PROGRAM = 'redis-server';
/** The environment variable in which the processes of the rounds find the port. */
const PORT = 'MILLRACE_BENCH_REDIS_PORT';
const STARTS_WITHIN_MS = 5_000;
const LOOK_EACH_MS = 20;

/** Why no server can be started here, and what to do about it. */
export const missingServer: string | undefined =
  pathOf(PROGRAM) === undefined ? `not installed: apt install ${PROGRAM}` : undefined;

/**
 * Starts a server of the run's own, on a free port of the loopback interface and without a file. It ends with this process, or
 * before that when what is answered is called.
 */
export async function startServer(): Promise<() => void> {
  const port = await freePort();
  const options = {
    '--port': port,
    '--bind': '127.0.0.1',
    '--save': '',
    '--appendonly': 'no',
    '--dir': tmpdir(),
  };
  const server = spawn(PROGRAM, Object.entries(options).flat().map(String), { stdio: 'ignore' });
  const stop = () => {
    delete process.env[PORT];
    server.kill();
  };
  process.once('exit', stop);
  server.unref();
  accompany(server);
  await untilItAnswers(server, port);
  process.env[PORT] = String(port);
  return stop;
}

/** Where the server listens. */
export function serverPort(): number {
  const port = process.env[PORT];
  if (port === undefined) throw new Error(`There is no ${PROGRAM} that this run has started.`);
  return Number(port);
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  return typeof address === 'object' && address !== null ? address.port : 0;
}

async function untilItAnswers(server: ChildProcess, port: number): Promise<void> {
  const end = performance.now() + STARTS_WITHIN_MS;
  while (performance.now() < end && server.exitCode === null) {
    if (await answers(port)) return;
    await setTimeout(LOOK_EACH_MS);
  }
  throw new Error(`${PROGRAM} did not start.`);
}

async function answers(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1');
  try {
    await once(socket, 'connect');
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}
