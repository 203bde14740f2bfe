import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { scenarioNamed } from '../scenarios/index.ts';
import type { RoundResult } from './result.ts';
import type { RoundOrder } from './round.ts';

const ROUND = fileURLToPath(new URL('./round.js', import.meta.url));

/** A program does not shorten itself to the plan. */
const JOB_TIMEOUT_MS = 180_000;

/** Runs one round in a process of its own. Whatever happens there, the answer is a result. */
export function runInProcess(order: RoundOrder, nodeOptions: readonly string[]): Promise<RoundResult> {
  const timeoutMs = scenarioNamed(order.scenario).kind === 'job' ? JOB_TIMEOUT_MS : order.plan.timeoutMs;
  const options = { timeout: timeoutMs, killSignal: 'SIGKILL', maxBuffer: 2 ** 24 } as const;
  return new Promise((resolve) => {
    execFile(
      process.execPath,
      [...nodeOptions, ROUND, JSON.stringify(order)],
      options,
      (error, stdout, stderr) => {
        const result = lastLine(stdout);
        if (result !== undefined) resolve(result);
        else if (error?.killed) resolve({ ok: false, reason: `no answer within ${timeoutMs / 1000} s` });
        else resolve({ ok: false, reason: errorIn(stderr) ?? error?.message ?? 'ended without an answer' });
      },
    );
  });
}

function lastLine(stdout: string): RoundResult | undefined {
  try {
    return JSON.parse(stdout.trimEnd().split('\n').at(-1) ?? '') as RoundResult;
  } catch {
    return undefined;
  }
}

/** The line of a stack trace that says what happened. */
function errorIn(stderr: string): string | undefined {
  return stderr.split('\n').find((line) => /^\w*Error\b/.test(line));
}
