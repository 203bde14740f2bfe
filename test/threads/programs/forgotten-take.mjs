import { f64, spsc } from 'millrace/ring';

/** A promise that nobody can fulfil keeps the process until its time is over. */
const begin = performance.now();
await spsc(f64)
  .reader.take({ timeout: 120 })
  .catch((error) => console.log(error.code));
console.log(performance.now() - begin >= 115 ? 'waited' : 'did not wait');
