import { createBus, f64, memory } from 'millrace';

/** Sends, reads in this thread and on others, closes, and ends by itself. */
const bus = createBus(memory());
const topic = bus.topic('numbers', f64, { partitions: 3 });
let here = 0;
topic.consume({ group: 'here' }, () => {
  here++;
});
const there = topic.consume(
  { group: 'there', threads: 2 },
  new URL('../handlers/count.mjs', import.meta.url),
);
for (let i = 0; i < 10; i++) await topic.send(i);
topic.close();
const counts = await there.results;
while (here < 10) await new Promise((resolve) => setTimeout(resolve, 1));
await bus.close();
console.log(
  here,
  counts.reduce((all, count) => Number(all) + Number(count), 0),
);
