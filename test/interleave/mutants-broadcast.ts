import type { Mutant } from './mutants.ts';

/** Seeded bugs of broadcast rings. */
export const BROADCAST_MUTANTS: readonly Mutant[] = [
  {
    name: 'broadcast: the last one leaves what it has read',
    patch: { file: 'subscriptions.js', from: 'this.advanceFrontier(); store(', to: 'store(' },
    scenario: 'broadcast: the last one leaves',
  },
  {
    name: 'broadcast: the epoch is not looked at again',
    patch: {
      file: 'subscriptions.js',
      from: 'if (load(this.words, SUBSCRIPTION_EPOCH) === epoch)',
      to: 'if (true)',
    },
    scenario: 'broadcast: one subscribes while a writer looks for room',
  },
  {
    name: 'broadcast: a new subscription does not count the epoch up',
    patch: { file: 'subscriptions.js', from: 'add(this.words, SUBSCRIPTION_EPOCH, 1);', to: '' },
    scenario: 'broadcast: one subscribes while a writer looks for room',
  },
  {
    name: 'broadcast: a new subscription does not look at the frontier again',
    patch: {
      file: 'subscriptions.js',
      from: 'if (distance(now, this.sequenceOf(word)) <= 0)',
      to: 'if (true)',
    },
    scenario: 'broadcast: one subscribes while a writer looks for room',
  },
  {
    name: 'broadcast: a new subscription begins at 0',
    patch: { file: 'subscriptions.js', from: 'this.wordOf(load(this.words, FRONTIER))', to: '0' },
    scenario: 'broadcast: wrap of 32 bits',
  },
  {
    name: 'broadcast: the frontier is the greatest cursor',
    patch: {
      file: 'subscriptions.js',
      from: 'distance(cursor, least) < 0',
      to: 'distance(cursor, least) > 0',
    },
    scenario: 'broadcast: one writer, two subscribers, capacity 1',
  },
  {
    name: 'broadcast: cursors compared as numbers',
    patch: { file: 'subscriptions.js', from: 'distance(cursor, least) < 0', to: 'cursor < least' },
    scenario: 'broadcast: one writer, two subscribers, capacity 2, wrap',
  },
  {
    name: 'broadcast: the frontier ignores the first subscription',
    patch: {
      file: 'subscriptions.js',
      from: 'for (let i = 0; i < SUBSCRIPTIONS; i++) {\n            const found',
      to: 'for (let i = 1; i < SUBSCRIPTIONS; i++) {\n            const found',
    },
    scenario: 'broadcast: one writer, one subscriber, capacity 1',
  },
  {
    name: 'broadcast: the frontier ignores the last subscription',
    patch: {
      file: 'subscriptions.js',
      from: 'for (let i = 0; i < SUBSCRIPTIONS; i++) {\n            const found',
      to: 'for (let i = 0; i < 1; i++) {\n            const found',
    },
    scenario: 'broadcast: one writer, two subscribers, capacity 1',
  },
  {
    name: 'broadcast: the frontier counts subscriptions that have left',
    patch: { file: 'subscriptions.js', from: 'if (found !== state && found !== orState)', to: 'if (false)' },
    scenario: 'broadcast: one writer, one subscriber, capacity 1',
  },
  {
    name: 'broadcast: claims given up are not counted',
    patch: { file: 'subscriptions.js', from: 'add(this.words, VOID_CLAIMS, by);', to: '' },
    scenario: 'broadcast: three writers, one subscriber, capacity 2',
  },
  {
    name: 'broadcast: a lost race leaves the claim counted as given up',
    patch: { file: 'turn.js', from: '!== word)\n            this.countVoid(-1);', to: '!== word) ;' },
    scenario: 'broadcast: one writer, two subscribers, capacity 2, wrap',
  },
  {
    name: 'broadcast: the writer leaves its claim counted as given up',
    patch: { file: 'mpmc-writer.js', from: 'this.turns.countVoid(-1);', to: '' },
    scenario: 'broadcast: two writers, one subscriber, capacity 2',
  },
  {
    name: 'broadcast: the walk to a claim given up stops at none',
    patch: {
      file: 'subscriptions.js',
      from: '(word & PHASE) === VOID)\n                return at;',
      to: 'false) return at;',
    },
    scenario: 'broadcast: three writers, one subscriber, capacity 2',
  },
  {
    name: 'broadcast: a subscriber goes past claims one slot at a time',
    patch: {
      file: 'broadcast-reader.js',
      from: 'subscriptions.spanOf(this.position, word)) | 0',
      to: '1) | 0',
    },
    scenario: 'broadcast: a batch given up',
  },
  {
    name: 'broadcast: a subscriber does not give its place back behind claims given up',
    patch: {
      file: 'broadcast-reader.js',
      from: 'if (this.position !== this.#cursor && !this.busy &&',
      to: 'if (false &&',
    },
    scenario: 'broadcast: a writer dies, subscribers parked',
  },
  {
    name: 'broadcast: nobody looks for sleeping writers',
    patch: {
      file: 'subscriptions.js',
      from: 'return load(this.words, WRITERS_ASLEEP) !== 0 &&',
      to: 'return false &&',
    },
    scenario: 'broadcast: parked writer, one subscriber',
  },
  {
    name: 'broadcast: writers do not say that they sleep',
    patch: { file: 'subscriptions.js', from: 'store(this.words, WRITERS_ASLEEP, 1);', to: '' },
    scenario: 'broadcast: parked writer, one subscriber',
  },
  {
    name: 'broadcast: a writer sleeps without a second look',
    patch: {
      file: 'mpmc-writer.js',
      from: 'return this.hasRoom() ? 0 : patienceMs;',
      to: 'return patienceMs;',
    },
    scenario: 'broadcast: parked writer, one subscriber',
  },
  {
    name: 'broadcast: leaving wakes nobody',
    patch: {
      file: 'broadcast-reader.js',
      from: 'this.subscriptions.remove(this.subscription);\n        this.control.wakeWriters();',
      to: 'this.subscriptions.remove(this.subscription);',
    },
    scenario: 'broadcast: parked writer, the slowest leaves',
  },
  {
    name: 'broadcast: leaving leaves the cursor',
    patch: { file: 'broadcast-reader.js', from: 'this.subscriptions.remove(this.subscription);', to: '' },
    scenario: 'broadcast: one leaves',
  },
  {
    name: 'broadcast: the cursor moves before the message is read',
    patch: {
      file: 'fixed-broadcast-reader.js',
      from: 'const at = this.#advance();',
      to: 'const at = this.#advance(); this.commit(0);',
    },
    scenario: 'broadcast: one writer, one subscriber, capacity 1',
  },
  {
    name: 'broadcast: a message is read twice',
    patch: {
      file: 'fixed-broadcast-reader.js',
      from: 'this.position = (this.position + 1) | 0;',
      to: 'this.position = (this.position + 1) | 0; if (this.position === 1) this.position = 0;',
    },
    scenario: 'broadcast: one writer, one subscriber, capacity 1',
  },
  {
    name: 'broadcast: the cursor is never moved',
    patch: {
      file: 'broadcast-reader.js',
      from: 'if (this.subscriptions.moveCursor(this.subscription, to))',
      to: 'if (false)',
    },
    scenario: 'broadcast: one writer, one subscriber, capacity 1',
  },
  {
    name: 'broadcast: the cursor moves one too far',
    patch: {
      file: 'broadcast-reader.js',
      from: 'moveCursor(this.subscription, to)',
      to: 'moveCursor(this.subscription, (to + 1) | 0)',
    },
    scenario: 'broadcast: one writer, one subscriber, capacity 1',
  },
  {
    name: 'broadcast: an abandoned batch is not read again',
    patch: { file: 'broadcast-reader.js', from: 'this.#moveTo(this.#cursor);', to: '' },
    scenario: 'broadcast: a batch is left, and one is abandoned',
  },
  {
    name: 'broadcast: a batch left early counts as read',
    patch: {
      file: 'broadcast-reader.js',
      from: 'while (all && this.#isWithinBatch)',
      to: 'while (this.#isWithinBatch)',
    },
    scenario: 'broadcast: a batch is left, and one is abandoned',
  },
  {
    name: 'broadcast: unfinished claims are read',
    patch: {
      file: 'broadcast-reader.js',
      from: 'if (phase === PUBLISHED)',
      to: 'if (phase === PUBLISHED || phase === CLAIMED)',
    },
    scenario: 'broadcast: one writer, one subscriber, capacity 1',
  },
  {
    name: 'broadcast: the lap is not looked at',
    patch: {
      file: 'broadcast-reader.js',
      from: 'if (!isCurrent(word, lap))',
      to: 'if ((word & PHASE) === 0)',
    },
    scenario: 'broadcast: one writer, one subscriber, capacity 1',
  },
  {
    name: 'broadcast: the end of the messages is not looked for',
    patch: { file: 'fixed-broadcast-reader.js', from: '|| (word & PHASE) !== PUBLISHED)', to: '|| false)' },
    scenario: 'broadcast: one writer, two subscribers, capacity 2, wrap',
  },
  {
    name: 'broadcast: the lap is not looked at behind the first message',
    patch: {
      file: 'fixed-broadcast-reader.js',
      from: '!isCurrent(word, subscriptions.lapOf(at)) || (word',
      to: '(word & PHASE) === 0 || (word',
    },
    scenario: 'broadcast: one writer, two subscribers, capacity 2, wrap',
  },
  {
    name: 'broadcast: messages of variable size: unfinished ones are read',
    patch: {
      file: 'variable-broadcast-reader.js',
      from: '|| (word & PHASE) !== PUBLISHED)',
      to: '|| false)',
    },
    scenario: 'broadcast: variable size',
  },
  {
    name: 'broadcast: messages of variable size: one slot each',
    patch: { file: 'variable-broadcast-reader.js', from: 'Math.ceil(length / this.#slotBytes)', to: '1' },
    scenario: 'broadcast: variable size',
  },
  {
    name: 'broadcast: a subscriber sleeps without a second look',
    patch: {
      file: 'broadcast-reader.js',
      from: 'return this.hasMessage() || this.hasEnded() ? 0 : patienceMs;',
      to: 'return Infinity;',
    },
    scenario: 'broadcast: parked writer, one subscriber',
  },
  {
    name: 'broadcast: a subscriber does not register its bell',
    patch: { file: 'broadcast-reader.js', from: 'this.control.registerReader();', to: '' },
    scenario: 'broadcast: parked writer, one subscriber',
  },
  {
    name: 'broadcast: repair leaves subscriptions',
    patch: { file: 'subscriptions.js', from: 'if (word >> OWNER_SHIFT === seat)', to: 'if (false)' },
    scenario: 'broadcast: a subscriber dies',
  },
  {
    name: 'broadcast: repair ends subscriptions of others',
    patch: { file: 'subscriptions.js', from: 'if (word >> OWNER_SHIFT === seat)', to: 'if (true)' },
    scenario: 'broadcast: a subscriber dies',
  },
  {
    name: 'broadcast: repair ends whatever subscription is there by then',
    patch: {
      file: 'subscriptions.js',
      from: 'compareExchange(this.words, active, word, FREE)',
      to: 'store(this.words, active, FREE)',
    },
    scenario: 'broadcast: two repair at once, another subscribes',
  },
  {
    name: "broadcast: repair leaves the reader's seat",
    patch: { file: 'subscriptions.js', from: 'if (this.detach(subscription, seat))', to: 'if (false)' },
    scenario: 'broadcast: the reader of a durable subscription dies',
  },
  {
    name: 'broadcast: a subscription has no owner before it has a reader',
    patch: {
      file: 'subscriptions.js',
      from: 'store(this.words, line + SUBSCRIPTION_ACTIVE, ACTIVE | (owner << OWNER_SHIFT));',
      to: 'store(this.words, line + SUBSCRIPTION_ACTIVE, ACTIVE);',
    },
    scenario: 'broadcast: one dies while it subscribes',
  },
  {
    name: 'broadcast: the frontier word is not moved',
    patch: { file: 'subscriptions.js', from: 'this.raiseFrontier(frontier, free);', to: '' },
    scenario: 'broadcast: one subscribes to the oldest',
  },
  {
    name: 'broadcast: one claims past the slowest cursor',
    patch: {
      file: 'mpmc-writer.js',
      from: '(this.turns.advanceFrontier() + this.#capacity) | 0',
      to: '(this.turns.advanceFrontier() + this.#capacity + 1) | 0',
    },
    scenario: 'broadcast: one writer, one subscriber, capacity 1',
  },
  {
    name: 'broadcast: a subscription is active before it has a cursor',
    patch: {
      file: 'subscriptions.js',
      from: 'store(this.words, line + SUBSCRIPTION_CURSOR, this.wordOf(load(this.words, FRONTIER))); store(this.words, line + SUBSCRIPTION_ACTIVE, ACTIVE | (owner << OWNER_SHIFT));',
      to: 'store(this.words, line + SUBSCRIPTION_ACTIVE, ACTIVE | (owner << OWNER_SHIFT)); store(this.words, line + SUBSCRIPTION_CURSOR, this.wordOf(load(this.words, FRONTIER)));',
    },
    scenario: 'broadcast: the first to subscribe, wrap of 32 bits',
  },
];
