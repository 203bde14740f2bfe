import type { Codec } from '../codec/codec.ts';
import type { RingControl } from '../control.ts';
import { checkedLength } from '../slots.ts';

/**
 * Shows messages by their sequence, in place, to whoever knows that they are published and stay: from behind a cursor that does not
 * pass them meanwhile. Each viewer has one view, moved from message to message.
 */
export class MessageViewer<T, V> {
  readonly at: (sequence: number) => V;

  constructor(codec: Codec<T, V>, control: RingControl) {
    const { payload, slotBytes, slots, lengths, maxMessageBytes } = control.layout;
    const byteOf = (sequence: number) => payload + (sequence & (slots - 1)) * slotBytes;
    if (codec.kind === 'fixed') {
      const binding = codec.bind(control.memory);
      this.at = (sequence) => binding.view(byteOf(sequence));
      return;
    }
    const binding = codec.bind(control.memory);
    const words = control.memory.i32;
    this.at = (sequence) => {
      const length = words[lengths + (sequence & (slots - 1))] as number;
      return binding.view(byteOf(sequence), checkedLength(length, maxMessageBytes));
    };
  }
}
