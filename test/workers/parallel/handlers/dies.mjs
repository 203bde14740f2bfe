/**
 * Ends its thread at each hundredth record, the first time it comes, and always at record 777.
 * @param {{ n: number, seen: string }} record
 */
import { existsSync, writeFileSync } from 'node:fs';

/** @param {{ n: number, seen: string }} record */
export default function dies({ n, seen }) {
  if (n === 777) process.exit(1);
  if (n % 100 === 50 && !existsSync(`${seen}/${n}`)) {
    writeFileSync(`${seen}/${n}`, '');
    if (n % 200 === 50) process.exit(2);
    throwLater();
    for (;;);
  }
  return { n };
}

function throwLater() {
  process.exit(3);
}
