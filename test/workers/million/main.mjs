import { setEnvironmentData } from 'node:worker_threads';
import { faultIn, itemOf, WORK_US } from '../../../dist/bench/contenders/pools/work.js';
import { driverOf } from '../../../dist/bench/run/drivers.js';

/**
 * A whole stream of records through `parallel()` and through pools, threads started for it included. Each result must be the next
 * one's, and every 64th is computed again.
 * `npm run build && node test/workers/million/main.mjs 1000000`
 */
const records = Number(process.argv[2] ?? 1_000_000);

function* items() {
  for (let n = 0; n < records; n++) yield itemOf(n);
}

for (const workUs of [2, 0.2]) {
  setEnvironmentData(WORK_US, workUs);
  for (const name of ['millrace-parallel', 'piscina-100', 'piscina']) {
    const driver = await driverOf(name, 'pool');
    const begin = performance.now();
    const pool = await driver.open(/** @type {any} */ ({ kind: 'pool', threads: 2, workUs }));
    let seen = 0;
    await pool.run(items(), (/** @type {unknown} */ result) => {
      const fault = faultIn(/** @type {any} */ (result), seen++, workUs);
      if (fault !== undefined) throw new Error(fault);
    });
    await pool.close();
    const seconds = (performance.now() - begin) / 1000;
    if (seen !== records) throw new Error(`${records} records went in and ${seen} results came out`);
    const rate = Math.round(records / seconds).toLocaleString('en');
    console.log(`${workUs} µs ${name.padEnd(18)} ${seconds.toFixed(1)} s, ${rate} records/s`);
  }
}
