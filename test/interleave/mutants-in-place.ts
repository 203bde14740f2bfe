import type { Mutant } from './mutants.ts';
import { patchesOf } from './program.ts';

const spscFill = patchesOf('fixed-spsc-writer.js');
const spscClaim = patchesOf('spsc-writer.js');
const claim = patchesOf('claim.js');
const loop = patchesOf('reader.js');

/** Seeded bugs of messages that are written in place, and of `for await`. */
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
    name: 'for await: a batch is not given back',
    patch: loop('const next = async () => { this.#close(true);', 'const next = async () => {'),
    scenario: 'for await: until the end',
  },
  {
    name: 'for await: left, and all of the batch counts as read',
    patch: loop(
      'const end = async () => { this.#close(false);',
      'const end = async () => { this.#close(true);',
    ),
    scenario: 'for await: left in the middle of a batch',
  },
  {
    name: 'for await: left, and the batch stays open',
    patch: loop('const end = async () => { this.#close(false);', 'const end = async () => {'),
    scenario: 'for await: left in the middle of a batch',
  },
  {
    name: 'for await: ends when there is nothing',
    patch: loop('() => this.#open() || this.hasEnded())', '() => this.#open() || true)'),
    scenario: 'for await: until the end',
  },
  {
    name: 'for await: the end is not noticed',
    patch: loop('() => this.#open() || this.hasEnded())', '() => this.#open())'),
    scenario: 'for await: until the end',
  },
  {
    name: 'for await: does not wait',
    patch: loop('await this.#wait({}, () => this.#open() || this.hasEnded());', ''),
    scenario: 'for await: until the end',
  },
];
