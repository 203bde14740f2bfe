/**
 * A thread that is to be killed at any moment: it delivers messages of a window, or sends messages with ids.
 */
import { workerData } from 'node:worker_threads';
import { DedupTable } from '../../../dist/cluster/delivery/dedup-table.js';
import { DeliveryWindow } from '../../../dist/cluster/delivery/delivery-window.js';
import { ShareReader } from '../../../dist/cluster/delivery/share-reader.js';
import { seeded } from '../../threads/seeded.mjs';
import { FlatLog } from './flat-log.mjs';

const { role, owner, seed, stop } = workerData;
const random = seeded(seed);
const running = () => Atomics.load(/** @type {Int32Array} */ (stop), 0) === 0;

/** Takes, and acknowledges or gives back, noting each step in the ledger. */
function deliver() {
  const { buffer, slots, log: words, begun, acknowledged } = workerData;
  const log = new FlatLog(words);
  const window = new DeliveryWindow(buffer, 0, slots);
  const reader = new ShareReader(window, log, owner, 8);
  while (running()) {
    const now = Date.now();
    if (window.dueInMs(now) === 0) reader.sweep(now);
    const count = reader.take(1 + Math.floor(random() * 8), now + 20);
    for (let i = 0; i < count; i++) {
      const held = { sequence: Number(reader.sequences[i]), token: Number(reader.tokens[i]) };
      settle(held, window, { begun, acknowledged });
    }
    reader.advance();
  }
}

/**
 * @param {{ sequence: number, token: number }} held
 * @param {DeliveryWindow} window
 * @param {{ begun: Int32Array, acknowledged: Int32Array }} ledger
 */
function settle({ sequence, token }, window, { begun, acknowledged }) {
  const choice = random();
  if (choice < 0.02) window.nack(sequence, token);
  else if (choice < 0.04) window.nack(sequence, token, Date.now() + 2);
  else if (choice < 0.05) window.release(sequence, token);
  else if (choice < 0.06)
    return; // Forgotten: its lease expires.
  else {
    Atomics.store(begun, sequence, 1);
    if (window.ack(sequence, token)) Atomics.add(acknowledged, sequence, 1);
  }
}

/** Sends ids, each of them many times; a message is in the log when its count is above 0. */
function send() {
  const { buffer, options, sent } = workerData;
  const ids = new DedupTable(buffer, 0, options);
  for (let from = 0; running() && from < sent.length; from = (from + 1) % sent.length) {
    const id = Math.floor(random() * sent.length);
    const ticket = ids.claim(`message-${id}`, owner, Date.now());
    if (ticket <= 0) continue;
    if (random() < 0.3) {
      ids.withdraw(ticket);
      continue;
    }
    ids.begin(ticket, 0, 0);
    Atomics.add(sent, id, 1);
    ids.confirm(ticket, id, Date.now());
  }
}

if (role === 'deliver') deliver();
else send();
