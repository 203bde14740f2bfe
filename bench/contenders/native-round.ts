import { execFile } from 'node:child_process';
import type { Plan } from '../run/plan.ts';
import { latenciesOf, type Measured, metricOf } from '../run/result.ts';
import { VerificationError } from '../run/verification-error.ts';

/** What a driver is asked for; bench/native/README.md describes it. */
export interface DriverOrder {
  readonly queue: string;
  readonly scenario: 'flow' | 'round-trip-spin' | 'round-trip-park';
  readonly producers: number;
  readonly consumers: number;
  readonly bytes: number;
  readonly batch: number;
  readonly capacity: number;
  /** Of each producer; as many as fill the time of the plan where it is not given. */
  readonly messages?: number;
  /** What the driver has to do wrong, for tests. */
  readonly break?: 'drop' | 'repeat' | 'stranger';
}

/** The line that a driver prints. */
interface DriverAnswer {
  readonly ok: boolean;
  readonly fault?: string;
  readonly messages: number;
  /** The sequences of all messages that arrived, added up, as uint32. */
  readonly checksum: number;
  /** Nanoseconds of the round trip of one cache line, before and after. */
  readonly lines: readonly number[];
  /** Of a flow. */
  readonly seconds: number;
  /** Of round trips: pairs of a percentile and microseconds. */
  readonly curve: readonly (readonly [percentile: number, us: number])[];
}

/** A round in a process of another language, which warms itself up and takes the time itself. */
export async function nativeRound(
  driver: readonly string[],
  order: DriverOrder,
  plan: Plan,
  timeoutMs: number,
): Promise<Measured> {
  const answer = await run(driver, [...wordsOf(order), ...timesOf(plan)], timeoutMs);
  if (!answer.ok) throw new VerificationError(answer.fault ?? 'the driver does not say what went wrong');
  if (order.scenario === 'flow') verifyFlow(order, answer);
  return measuredOf(order, answer);
}

function wordsOf(order: DriverOrder): string[] {
  return Object.entries(order).flatMap(([name, value]) => [`--${name}`, String(value)]);
}

function timesOf({ warmUpMs, measureMs }: Plan): string[] {
  return ['--warm-up-ms', String(warmUpMs), '--measure-ms', String(measureMs)];
}

function run(driver: readonly string[], order: readonly string[], timeoutMs: number): Promise<DriverAnswer> {
  const [program = '', ...args] = driver;
  return new Promise((resolve, reject) => {
    execFile(
      program,
      [...args, ...order],
      { timeout: timeoutMs, killSignal: 'SIGKILL' },
      (error, stdout, stderr) => {
        if (error?.killed)
          reject(new VerificationError(`no answer within ${(timeoutMs / 1000).toFixed(0)} s`));
        else if (stdout !== '') resolve(JSON.parse(stdout) as DriverAnswer);
        else reject(new Error(stderr.trim() || (error?.message ?? 'the driver says nothing')));
      },
    );
  });
}

/** The driver has looked at every message; that it has seen them all is checked again here. */
function verifyFlow({ producers, messages }: DriverOrder, answer: DriverAnswer): void {
  const each = BigInt(answer.messages) / BigInt(producers);
  const due = BigInt.asUintN(32, BigInt(producers) * ((each * (each - 1n)) / 2n));
  if (BigInt(answer.checksum) !== due) throw new VerificationError('the checksum is wrong');
  if (messages !== undefined && answer.messages !== messages * producers) {
    throw new VerificationError(`${messages * producers} messages were asked for, ${answer.messages} came`);
  }
}

function measuredOf({ scenario }: DriverOrder, { messages, seconds, curve, lines }: DriverAnswer): Measured {
  if (scenario !== 'flow') return latenciesOf(curve, lines);
  return { ok: true, metrics: [metricOf('flow', messages / seconds / 1e6)], lines };
}
