import { expect, test } from 'vitest';
import { killMembers } from './members.mjs';
import { killIdSenders, killProducers } from './senders.mjs';

/** `npm run kill:bus` is the long form. */
const KILLS = 4;

test.each(['partition', 'key', 'none'] as const)(
  'members that die under load lose nothing, and with ordering %s nothing committed comes again',
  async (ordering) => {
    const { messages, lost, again } = await killMembers({ ordering, kills: KILLS });
    expect(messages).toBeGreaterThan(KILLS);
    expect({ lost, again }).toEqual({ lost: 0, again: 0 });
  },
  600_000,
);

test('of ids that killed threads sent each is written once, and what a sender was told is there', async () => {
  const { lost, doubled } = await killIdSenders({ kills: 2 * KILLS });
  expect({ lost, doubled }).toEqual({ lost: 0, doubled: 0 });
}, 600_000);

test('of the numbers of producers that were killed and started again each is written once', async () => {
  const { messages, lost, doubled } = await killProducers({ kills: 2 * KILLS });
  expect(messages).toBeGreaterThan(200);
  expect({ lost, doubled }).toEqual({ lost: 0, doubled: 0 });
}, 600_000);
