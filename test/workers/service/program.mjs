import { service } from 'millrace/workers';

const double = service(new URL('./handler.mjs', import.meta.url), { threads: 2 });
const first = await double.call({ n: 1 });
await new Promise((resolve) => setTimeout(resolve, 50));
const second = await double.call({ n: 2, ms: 300 });
console.log(`${first} ${second}`);
await double.close();
