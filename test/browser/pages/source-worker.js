import { open } from '/dist/ring/index.js';
import { tick } from './tick.js';

/** Writes `count` messages to one ring, blocking where it is full, and counts the right ones that come back by the other. */
addEventListener('message', ({ data: { to, from, count } }) => {
  const { writer } = open(to);
  const { reader } = open(from);
  let right = 0;
  for (let i = 0; i < count; i++) {
    writer.putSync(tick(i));
    const back = reader.takeSync();
    if (JSON.stringify(back) === JSON.stringify(tick(i))) right++;
  }
  writer.close();
  postMessage(right);
});
postMessage('ready');
