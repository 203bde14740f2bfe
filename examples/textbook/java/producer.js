import { workerData } from 'node:worker_threads';
import { open } from 'millrace/ring';

const queue = open(workerData.queue);
for (let item = 1; item <= workerData.items; item++) queue.writer.putSync(item); // waits while the queue is full
queue.close(); // consumers read what is left, and their loops end: no marker has to be sent to each of them
