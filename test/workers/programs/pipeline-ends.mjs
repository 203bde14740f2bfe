import { pipeline } from 'millrace/workers';

const source = Array.from({ length: 300 }, (_, n) => ({ n }));
const module = new URL('../parallel/handlers/slowly.mjs', import.meta.url);
let results = 0;
process.on('exit', () => console.log(`ends after ${results}`));
// Nobody awaits it: the process has to live as long as there is something to do.
void pipeline(source)
  .via(module, { threads: 2 })
  .to(() => void results++)
  .run();
