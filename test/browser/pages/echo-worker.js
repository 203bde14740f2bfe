import { open } from '/dist/ring/index.js';

/** Blocks until there is a message, and sends each back, until the ring ends. */
addEventListener('message', ({ data: { from, to } }) => {
  const { writer } = open(to);
  for (const message of open(from).reader) writer.putSync(message);
  writer.close();
});
postMessage('ready');
