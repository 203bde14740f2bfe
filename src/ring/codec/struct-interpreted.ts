import type { Memory } from '../memory.ts';
import type { FixedBinding, VariableBinding } from './codec.ts';
import type { StructBinding, StructBindingClass, StructSupport } from './struct-binding.ts';
import type { PlainField, StructField, StructLayout } from './struct-layout.ts';
import { View } from './view.ts';

type Fields = Record<string, unknown>;

/** A struct's binding that loops over the fields: for where code can't be generated. */
export function interpretedStruct(layout: StructLayout, support: StructSupport): StructBindingClass {
  const { fields } = layout;

  class InterpretedView extends View<Fields> {
    readonly #struct: InterpretedStruct;
    #at = 0;
    #length = 0;

    constructor(struct: InterpretedStruct) {
      super();
      this.#struct = struct;
    }

    static move(view: InterpretedView, at: number, length: number): InterpretedView {
      view.#at = at;
      view.#length = length;
      return view;
    }

    static show(view: InterpretedView, field: StructField): unknown {
      return view.#struct.viewField(field, view.#at, view.#length);
    }

    copy(): Fields {
      return this.#struct.read(this.#at, this.#length);
    }
  }

  for (const field of fields) {
    Object.defineProperty(InterpretedView.prototype, field.name, {
      get(this: InterpretedView): unknown {
        return InterpretedView.show(this, field);
      },
      configurable: true,
    });
  }

  class InterpretedSlot {
    readonly #struct: InterpretedStruct;
    #at = 0;

    constructor(struct: InterpretedStruct) {
      this.#struct = struct;
    }

    static move(slot: InterpretedSlot, at: number): InterpretedSlot {
      slot.#at = at;
      return slot;
    }

    static fill(slot: InterpretedSlot, field: PlainField, value: unknown): void {
      slot.#struct.setField(field, value, slot.#at);
    }

    set(value: unknown): void {
      this.#struct.write(value, this.#at, []);
    }
  }

  for (const field of fields) {
    Object.defineProperty(InterpretedSlot.prototype, field.name, {
      set(this: InterpretedSlot, value: unknown): void {
        InterpretedSlot.fill(this, field as PlainField, value);
      },
      configurable: true,
    });
  }

  class InterpretedStruct implements StructBinding {
    readonly #u8: Uint8Array;
    readonly #u32: Uint32Array;
    readonly #bindings: readonly (FixedBinding<unknown> | VariableBinding<unknown>)[];
    readonly #view: InterpretedView = new InterpretedView(this);
    readonly #slot: InterpretedSlot = new InterpretedSlot(this);

    constructor(memory: Memory) {
      this.#u8 = memory.u8;
      this.#u32 = memory.u32;
      this.#bindings = fields.map(({ index }) => support.bind(index, memory));
    }

    write(value: unknown, at: number, tails: unknown[]): void {
      if (typeof value !== 'object' || value === null) throw support.noObject(value);
      const values = fields.map(({ name }) => (value as Fields)[name]);
      this.#clearPresence(at);
      for (const field of fields) {
        const part = values[field.index];
        if (field.kind === 'tail') tails[field.tail] = support.prepare(field.index, part);
        else this.#writeField(field, part, at);
      }
    }

    #clearPresence(at: number): void {
      for (let byte = 0; byte < layout.presenceBytes; byte++) this.#u8[at + layout.presenceAt + byte] = 0;
    }

    slot(at: number): InterpretedSlot {
      this.#clearPresence(at);
      return InterpretedSlot.move(this.#slot, at);
    }

    setField(field: PlainField, value: unknown, at: number): void {
      if (value !== undefined || field.presence < 0) this.#writeField(field, value, at);
      else {
        const byte = at + layout.presenceAt + (field.presence >> 3);
        this.#u8[byte] = (this.#u8[byte] as number) & ~(1 << (field.presence & 7));
      }
    }

    #writeField(field: PlainField, value: unknown, at: number): void {
      if (field.presence >= 0) {
        if (value === undefined) return;
        const byte = at + layout.presenceAt + (field.presence >> 3);
        this.#u8[byte] = (this.#u8[byte] as number) | (1 << (field.presence & 7));
      }
      try {
        this.#fixed(field).write(value, at + field.offset);
      } catch (error) {
        throw support.inWriting(field.index, error);
      }
    }

    read(at: number, length: number): Fields {
      const value: Fields = {};
      for (const field of fields) value[field.name] = this.#readField(field, at, length);
      return value;
    }

    #readField(field: StructField, at: number, length: number): unknown {
      if (field.kind === 'tail') {
        return support.readTail(field.index, this.#variable(field), this.#u32, at, length);
      }
      if (!this.#isPresent(field, at)) return undefined;
      try {
        return this.#fixed(field).read(at + field.offset);
      } catch (error) {
        throw support.inReading(field.index, error);
      }
    }

    view(at: number, length: number): InterpretedView {
      return InterpretedView.move(this.#view, at, length);
    }

    viewField(field: StructField, at: number, length: number): unknown {
      if (field.kind === 'tail') {
        return support.viewTail(field.index, this.#variable(field), this.#u32, at, length);
      }
      if (!this.#isPresent(field, at)) return undefined;
      try {
        return this.#fixed(field).view(at + field.offset);
      } catch (error) {
        throw support.inReading(field.index, error);
      }
    }

    #isPresent({ presence }: PlainField, at: number): boolean {
      if (presence < 0) return true;
      const bits = this.#u8[at + layout.presenceAt + (presence >> 3)] as number;
      return (bits & (1 << (presence & 7))) !== 0;
    }

    #fixed(field: StructField): FixedBinding<unknown> {
      return this.#bindings[field.index] as FixedBinding<unknown>;
    }

    #variable(field: StructField): VariableBinding<unknown> {
      return this.#bindings[field.index] as VariableBinding<unknown>;
    }
  }

  return InterpretedStruct;
}
