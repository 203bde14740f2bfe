import type { Mutant } from './mutants.ts';
import { patchesOf } from './program.ts';

const spscFill = patchesOf('fixed-spsc-writer.js');
const spscClaim = patchesOf('spsc-writer.js');
const claim = patchesOf('claim.js');
const slots = patchesOf('slots.js');
const base = patchesOf('writer.js');
const mpmcFill = patchesOf('fixed-mpmc-writer.js');
const mpmcClaim = patchesOf('mpmc-writer.js');

/** Seeded bugs of messages that are written in place. */
export const IN_PLACE_MUTANTS: readonly Mutant[] = [
  {
    name: 'fill: published before it is written',
    patch: spscFill(
      'compose(count); } finally { this.encoding = false; } this.publishRun((this.position + count * STEP) | 0, count);',
      'const at = this.position; this.publishRun((at + count * STEP) | 0, count); this.position = at; compose(count); this.position = (at + count * STEP) | 0; } finally { this.encoding = false; }',
    ),
    scenario: 'fill: spsc',
  },
  {
    name: 'fill: goes on behind the end of the ring',
    patch: spscFill(
      'const untilEnd = Math.min(free, this.mask + 1 - first); slots.handOver',
      'const untilEnd = free; slots.handOver',
    ),
    scenario: 'fill: spsc, round the ring',
  },
  {
    name: 'fill: begins anew where the ring does',
    patch: spscFill(
      'slots.handOver(this.#payload, untilEnd, free, write);',
      'slots.handOver(this.#payload, 0, free - untilEnd, write);',
    ),
    scenario: 'fill: spsc, round the ring',
  },
  {
    name: 'fill: slots are counted from the first message',
    patch: {
      file: 'slots.js',
      from: 'at + (i - from) * this.#slotBytes',
      to: 'at + i * this.#slotBytes',
    },
    scenario: 'fill: spsc, round the ring',
  },
  {
    name: 'fill: published although the callback threw',
    patch: spscFill('compose(count);', 'try { compose(count); } catch {}'),
    scenario: 'fill: spsc, the callback throws',
  },
  {
    name: 'fill: as many as are wanted',
    patch: spscFill('const count = Math.min(wanted, this.freeSlots);', 'const count = wanted;'),
    scenario: 'fill: spsc',
  },
  {
    name: 'fill: of several writers, the last message is not written',
    patch: {
      file: 'fixed-mpmc-writer.js',
      from: 'slots.handOver(0, 0, most, write);',
      to: 'slots.handOver(0, 0, most - 1, write);',
    },
    scenario: 'fill: two writers',
  },
  {
    name: 'fill: of variable size, the last one first',
    patch: {
      file: 'writer.js',
      from: 'values.push(slot.valueOf(i));',
      to: 'values.unshift(slot.valueOf(i));',
    },
    scenario: 'fill: spsc, variable size',
  },
  {
    name: 'claim: room that is not there',
    patch: spscClaim('if (!this.makeRoom(unitsOf(size, slotBytes))) return undefined;', ''),
    scenario: 'claim: spsc, published and given back',
  },
  {
    name: 'claim: published as long as it was claimed',
    patch: spscClaim(
      '(this.position + unitsOf(length, slotBytes)) | 0',
      '(this.position + unitsOf(size, slotBytes)) | 0',
    ),
    scenario: 'claim: spsc, shorter than claimed',
  },
  {
    name: 'claim: its length is not written',
    patch: spscClaim('if (variable) this.words[lengths + slot] = length;', ''),
    scenario: 'claim: spsc, shorter than claimed',
  },
  {
    name: 'claim: published before its length is written',
    patch: spscClaim(
      'if (variable) this.words[lengths + slot] = length; this.publishRun((this.position + unitsOf(length, slotBytes)) | 0, 1);',
      'this.publishRun((this.position + unitsOf(length, slotBytes)) | 0, 1); if (variable) this.words[lengths + slot] = length;',
    ),
    scenario: 'claim: spsc, shorter than claimed',
  },
  {
    name: 'claim: given back as a message',
    patch: claim(
      'this.#isOpen = false; this.#end();',
      'this.#isOpen = false; this.#commit(this.bytes.length); this.#end();',
    ),
    scenario: 'claim: spsc, published and given back',
  },
  {
    name: 'claim: not over when it is published',
    patch: claim('if (written) this.abort();', ''),
    scenario: 'claim: spsc, published and given back',
  },
  {
    name: 'claim: not over when the ring was closed',
    patch: claim('let written = true;', 'let written = false;'),
    scenario: 'claim: spsc, closed by a third',
  },
  {
    name: 'claim: of several writers, published without room',
    patch: {
      file: 'mpmc-writer.js',
      from: 'this.encoding = !written; return written;',
      to: 'this.encoding = false; return true;',
    },
    scenario: 'claim: two writers',
  },
  {
    name: 'fill: its callback may write to the ring',
    patch: spscFill('this.beginEncoding(); try { compose(count); }', 'try { compose(count); }'),
    scenario: 'fill: spsc, the callback writes (fixed size)',
  },
  {
    name: 'fill: of variable size, its callback may write to the ring',
    patch: base(
      'this.beginEncoding(); try { for (let i = 0; i < most; i++) {',
      'try { for (let i = 0; i < most; i++) {',
    ),
    scenario: 'fill: spsc, the callback writes (variable size)',
  },
  {
    name: 'fill: of several writers, its callback may write to the ring',
    patch: mpmcFill('this.beginEncoding(); try { slots.handOver', 'try { slots.handOver'),
    scenario: 'fill: two writers, the callback writes',
  },
  {
    name: 'fill: a message that was not set is published',
    patch: slots('if (!this.#isSet) throw unset(i); } }', '} }'),
    scenario: 'fill: spsc, a message is not set (fixed size)',
  },
  {
    name: 'fill: the first message must be set, the others not',
    patch: slots('this.#isSet = false;', ''),
    scenario: 'fill: spsc, a message is not set (fixed size)',
  },
  {
    name: 'fill: of variable size, one slot for all messages',
    patch: base(
      'for (let i = 0; i < most; i++) { const slot = new ValueSlot();',
      'const slot = new ValueSlot(); for (let i = 0; i < most; i++) {',
    ),
    scenario: 'fill: spsc, a message is not set (variable size)',
  },
  {
    name: 'fill: of variable size, the last message is left out',
    patch: base('for (let i = 0; i < most; i++) {', 'for (let i = 0; i < most - 1; i++) {'),
    scenario: 'fill: spsc, variable size',
  },
  {
    name: 'fill: publishes what was wanted',
    patch: spscFill(
      'this.publishRun((this.position + count * STEP) | 0, count);',
      'this.publishRun((this.position + wanted * STEP) | 0, wanted);',
    ),
    scenario: 'fill: spsc',
  },
  {
    name: 'fill: what is dropped does not count as accepted',
    patch: spscFill(
      'return count < wanted && this.refuse() ? this.#dropRest(wanted - count) + count : count;',
      'return count < wanted && this.refuse() ? this.#dropRest(wanted - count) : count;',
    ),
    scenario: 'fill: spsc, drop-newest',
  },
  {
    name: 'fill: the first of the dropped messages counts twice',
    patch: spscFill(
      'for (let i = 1; i < dropped; i++) this.refuse();',
      'for (let i = 0; i < dropped; i++) this.refuse();',
    ),
    scenario: 'fill: spsc, drop-newest',
  },
  {
    name: 'fill: of several writers, more than were composed',
    patch: mpmcFill('return this.#offerEncoded(most);', 'return this.#offerEncoded(count);'),
    scenario: 'fill: two writers, more than fit',
  },
  {
    name: 'fill: of several writers, the second run repeats the first',
    patch: mpmcFill(
      'this.#copy(scratch, from * this.#slotBytes, claimed, untilEnd);',
      'this.#copy(scratch, 0, claimed, untilEnd);',
    ),
    scenario: 'fill: two writers, in two runs',
  },
  {
    name: 'fill: of several writers, not round the ring',
    patch: mpmcFill('if (untilEnd < span) {', 'if (false) {'),
    scenario: 'fill: two writers, round the ring',
  },
  {
    name: 'fill: of several writers, the messages round the ring are the first ones',
    patch: mpmcFill(
      'const rest = (from + untilEnd) * this.#slotBytes;',
      'const rest = from * this.#slotBytes;',
    ),
    scenario: 'fill: two writers, round the ring',
  },
  {
    name: 'claim: others write beside it',
    patch: base('this.encoding = claim !== undefined;', 'this.encoding = false;'),
    scenario: 'claim: spsc, other calls beside it',
  },
  {
    name: 'claim: a write that is refused writes over it',
    patch: spscFill('if (this.encoding) return true;', ''),
    scenario: 'claim: spsc, other calls beside it',
  },
  {
    name: 'claim: nothing can be written after it',
    patch: spscClaim('commit, () => { this.encoding = false; });', 'commit, () => {});'),
    scenario: 'claim: spsc, published and given back',
  },
  {
    name: 'claim: of several writers, nothing can be written after one that is given back',
    patch: mpmcClaim('commit, () => { this.encoding = false; });', 'commit, () => {});'),
    scenario: 'claim: two writers',
  },
  {
    name: 'claim: room for its first slot is enough',
    patch: spscClaim('this.makeRoom(unitsOf(size, slotBytes))', 'this.makeRoom(STEP)'),
    scenario: 'claim: spsc, several slots that do not fit',
  },
  {
    name: 'claim: published twice',
    patch: claim(
      "if (!this.#isOpen) throw new OptionError('claim',",
      "if (false) throw new OptionError('claim',",
    ),
    scenario: 'claim: two writers, other calls beside it',
  },
  {
    name: 'claim: always at the beginning of the ring',
    patch: spscClaim('const slot = (this.position >>> 2) & this.mask;', 'const slot = 0;'),
    scenario: 'claim: spsc, shorter than claimed',
  },
];
