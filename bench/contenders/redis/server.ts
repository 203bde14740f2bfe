import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { accessSync, constants } from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { setTimeout } from 'node:timers/promises';

const PROGRAM = 'redis-server';
/** The environment variable in which the processes of the rounds find the port. */
const PORT = 'MILLRACE_BENCH_REDIS_PORT';
const STARTS_WITHIN_MS = 5_000;
const LOOK_EACH_MS = 20;

/** Why no server can be started here, and what to do about it. */
export const missingServer: string | undefined = isInstalled()
  ? undefined
  : `no ${PROGRAM} here: apt install ${PROGRAM}`;

function isInstalled(): boolean {
  return (process.env['PATH'] ?? '').split(delimiter).some((folder) => {
    try {
      accessSync(join(folder, PROGRAM), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}

/** Starts a server of the run's own, on a free port of the loopback interface and without a file; it ends with this process. */
export async function startServer(): Promise<void> {
  if (process.env[PORT] !== undefined) return;
  const port = await freePort();
  const options = {
    '--port': port,
    '--bind': '127.0.0.1',
    '--save': '',
    '--appendonly': 'no',
    '--dir': tmpdir(),
  };
  const server = spawn(PROGRAM, Object.entries(options).flat().map(String), { stdio: 'ignore' });
  process.once('exit', () => server.kill());
  server.unref();
  await untilItAnswers(server, port);
  process.env[PORT] = String(port);
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
