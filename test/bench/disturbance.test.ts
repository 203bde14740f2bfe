import { spawn } from 'node:child_process';
import { cpus } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { accompany, Disturbance } from '../../bench/run/disturbance.ts';

test.skipIf(process.platform !== 'linux')('what a companion takes is no disturbance', async () => {
  const disturbance = new Disturbance(cpus().length);
  const busy = spawn(process.execPath, ['-e', 'for (;;);']);
  try {
    await sleep(600);
    const asStranger = disturbance.measure() as number;
    accompany(busy);
    expect(asStranger - (disturbance.measure() as number)).toBeGreaterThan(0.1);
  } finally {
    busy.kill();
  }
});
