import { generate } from './generate.ts';
import { element, ScalarCodec, type WordsName } from './scalar.ts';
import type { StructBindingClass, StructSupport } from './struct-binding.ts';
import type { PlainField, StructField, StructLayout } from './struct-layout.ts';
import { View } from './view.ts';

/**
 * A struct's binding as code written for it: one class whose methods access the typed arrays directly, with
 * offsets as constants, and one class of views whose getters do.
 *
 * Names and texts of the schema enter the code as string literals made by `JSON.stringify` and in no other
 * way, so that no schema can smuggle code in. Everything else in it is made here: numbers, and names numbered
 * by field (`f3` a value, `b3` the binding of a field that needs one, `w3` a word, `k3_…` a constant).
 *
 * There is one pair of classes per codec, not per binding: call sites that serve many rings of one codec stay
 * monomorphic, and code that ran hot for one ring is hot for the next.
 *
 * For `struct({ id: u32, name: utf8(12), note: optional(f64) })` the code reads, in essence:
 *
 *   write(value, at, tails) {
 *     if (typeof value !== 'object' || value === null) throw support.noObject(value);
 *     const f0 = value["id"], f1 = value["name"], f2 = value["note"];
 *     const u32 = this.u32, f64 = this.f64, u8 = this.u8;
 *     const w0 = f0;
 *     if (typeof f0 !== 'number' || (f0 >>> 0) !== f0) throw support.refused(0, f0);
 *     u32[(at + 8) >>> 2] = w0;
 *     try { this.b1.write(f1, at + 12); } catch (error) { throw support.inWriting(1, error); }
 *     let p0 = 0;
 *     if (f2 !== undefined) { p0 |= 1; … f64[(at) >>> 3] = w2; }
 *     u8[at + 24] = p0;
 *   }
 */
export function generatedStruct(
  layout: StructLayout,
  support: StructSupport,
): StructBindingClass | undefined {
  const constants = constantsOf(layout.fields);
  const slot = layout.tails.length > 0 ? '' : slotSource(layout);
  const source = `${viewSource(layout)}\n${slot}\nreturn ${bindingSource(layout)};`;
  return generate(['View', 'support', ...constants.keys()], source, [View, support, ...constants.values()]);
}

function constantsOf(fields: readonly StructField[]): Map<string, unknown> {
  const constants = new Map<string, unknown>();
  for (const field of fields) {
    if (!(field.codec instanceof ScalarCodec)) continue;
    for (const [name, constant] of Object.entries(field.codec.scalar.source.constants)) {
      constants.set(constantName(field)(name), constant);
    }
  }
  return constants;
}

function constantName({ index }: StructField): (name: string) => string {
  return (name) => `k${index}_${name}`;
}

function bindingSource(layout: StructLayout): string {
  const words = wordsOf(layout);
  const bound = layout.fields.filter(hasBinding).map(({ index }) => index);
  return `class StructBinding {
  constructor(memory) {
    ${words.map((name) => `this.${name} = memory.${name};`).join('\n    ')}
    ${bound.map((index) => `this.b${index} = support.bind(${index}, memory);`).join('\n    ')}
    this.flyweight = new StructView(this);${layout.tails.length > 0 ? '' : '\n    this.filler = new StructSlot(this);'}
  }
  write(value, at, tails) {
    if (typeof value !== 'object' || value === null) throw support.noObject(value);
    ${layout.fields.map(({ index, name }) => `const f${index} = value[${JSON.stringify(name)}];`).join('\n    ')}
    ${words.map((name) => `const ${name} = this.${name};`).join('\n    ')}
    ${presenceNames(layout)
      .map((name) => `let ${name} = 0;`)
      .join('\n    ')}
    ${layout.fields.map(writeSource).join('\n    ')}
    ${presenceNames(layout)
      .map((name, byte) => `u8[at + ${layout.presenceAt + byte}] = ${name};`)
      .join('\n    ')}
  }
  read(at, length) {
    ${words.map((name) => `const ${name} = this.${name};`).join('\n    ')}
    ${layout.fields.map((field) => readSource(layout, field)).join('\n    ')}
    return { ${layout.fields.map(({ index, name }) => `${JSON.stringify(name)}: f${index}`).join(', ')} };
  }
  view(at, length) {
    return StructView.move(this.flyweight, at, length);
  }${layout.tails.length > 0 ? '' : slotMethodSource(layout)}
}`;
}

/** The typed arrays that the code of a struct touches itself. */
function wordsOf(layout: StructLayout): readonly WordsName[] {
  const names = new Set<WordsName>();
  for (const { codec } of layout.fields) {
    if (codec instanceof ScalarCodec) names.add(codec.scalar.words);
  }
  if (layout.presenceBytes > 0) names.add('u8');
  if (layout.tails.length > 0) names.add('u32');
  return [...names];
}

function presenceNames(layout: StructLayout): readonly string[] {
  return Array.from({ length: layout.presenceBytes }, (_, byte) => `p${byte}`);
}

function hasBinding(field: StructField): boolean {
  return !(field.codec instanceof ScalarCodec);
}

function writeSource(field: StructField): string {
  const { index } = field;
  if (field.kind === 'tail') return `tails[${field.tail}] = support.prepare(${index}, f${index});`;
  const write = writePlainSource(field);
  if (field.presence < 0) return write;
  const bit = `p${field.presence >> 3} |= ${1 << (field.presence & 7)};`;
  return `if (f${index} !== undefined) { ${bit} ${write} }`;
}

function writePlainSource(field: PlainField): string {
  const { codec, index, offset } = field;
  if (!(codec instanceof ScalarCodec)) {
    return `try { this.b${index}.write(f${index}, at + ${offset}); } catch (error) { throw support.inWriting(${index}, error); }`;
  }
  const { source, words } = codec.scalar;
  const value = `f${index}`;
  const word = `w${index}`;
  return `const ${word} = ${source.word(value, constantName(field))};
    if (${source.refuses(value, word)}) throw support.refused(${index}, ${value});
    ${element(words, `at + ${offset}`)} = ${word};`;
}

/** Statements that put the field's value, as `read` returns it, into a variable. */
function readSource(layout: StructLayout, field: StructField): string {
  const { index } = field;
  if (field.kind === 'tail') {
    return `const f${index} = support.readTail(${index}, this.b${index}, u32, at, length);`;
  }
  const { codec } = field;
  if (codec instanceof ScalarCodec) {
    return `const f${index} = ${whenPresent(layout, field, loadSource(field, codec))};`;
  }
  const read = whenPresent(layout, field, `this.b${index}.read(at + ${field.offset})`);
  return `let f${index}; try { f${index} = ${read}; } catch (error) { throw support.inReading(${index}, error); }`;
}

function loadSource(field: PlainField, { scalar }: ScalarCodec<unknown>): string {
  const word = element(scalar.words, `at + ${field.offset}`);
  const value = scalar.source.value(word, constantName(field));
  return scalar.source.partial ? `(${value} ?? support.bad(${field.index}, ${word}))` : value;
}

function whenPresent({ presenceAt }: StructLayout, { presence }: PlainField, value: string): string {
  if (presence < 0) return value;
  return `(u8[at + ${presenceAt + (presence >> 3)}] & ${1 << (presence & 7)}) !== 0 ? ${value} : undefined`;
}

function viewSource(layout: StructLayout): string {
  const words = wordsOf(layout);
  const bound = layout.fields.filter(hasBinding).map(({ index }) => index);
  return `class StructView extends View {
  #at = 0;
  #length = 0;
  #binding;
  ${[...words, ...bound.map((index) => `b${index}`)].map((name) => `#${name};`).join(' ')}
  constructor(binding) {
    super();
    this.#binding = binding;
    ${words.map((name) => `this.#${name} = binding.${name};`).join('\n    ')}
    ${bound.map((index) => `this.#b${index} = binding.b${index};`).join('\n    ')}
  }
  static move(view, at, length) {
    view.#at = at;
    view.#length = length;
    return view;
  }
  copy() {
    return this.#binding.read(this.#at, this.#length);
  }
  ${layout.fields.map((field) => getterSource(layout, field)).join('\n  ')}
}`;
}

function slotMethodSource({ presenceAt, presenceBytes }: StructLayout): string {
  const absent = Array.from(
    { length: presenceBytes },
    (_, byte) => `this.u8[at + ${presenceAt + byte}] = 0;`,
  );
  return `
  slot(at) {
    ${absent.join(' ')}
    return StructSlot.move(this.filler, at);
  }`;
}

function slotSource(layout: StructLayout): string {
  const words = wordsOf(layout);
  const bound = layout.fields.filter(hasBinding).map(({ index }) => index);
  return `class StructSlot {
  #at = 0;
  #binding;
  ${[...words, ...bound.map((index) => `b${index}`)].map((name) => `#${name};`).join(' ')}
  constructor(binding) {
    this.#binding = binding;
    ${words.map((name) => `this.#${name} = binding.${name};`).join('\n    ')}
    ${bound.map((index) => `this.#b${index} = binding.b${index};`).join('\n    ')}
  }
  static move(slot, at) {
    slot.#at = at;
    return slot;
  }
  set(value) {
    this.#binding.write(value, this.#at);
  }
  ${layout.fields.map((field) => setterSource(layout, field as PlainField)).join('\n  ')}
}`;
}

function setterSource({ presenceAt }: StructLayout, field: PlainField): string {
  const { codec, index, name, presence } = field;
  const own =
    codec instanceof ScalarCodec ? `const ${codec.scalar.words} = this.#${codec.scalar.words};` : '';
  const write = writePlainSource(field).replace(`this.b${index}.`, `this.#b${index}.`);
  const byte = `this.#u8[at + ${presenceAt + (presence >> 3)}]`;
  const bit = 1 << (presence & 7);
  const body =
    presence < 0
      ? write
      : `if (f${index} === undefined) ${byte} &= ${~bit & 255}; else { ${write} ${byte} |= ${bit}; }`;
  return `set ${JSON.stringify(name)}(f${index}) { const at = this.#at; ${own} ${body} }`;
}

function getterSource(layout: StructLayout, field: StructField): string {
  return `get ${JSON.stringify(field.name)}() { const at = this.#at; ${getterBody(layout, field)} }`;
}

function getterBody(layout: StructLayout, field: StructField): string {
  const { index } = field;
  if (field.kind === 'tail') {
    return `return support.viewTail(${index}, this.#b${index}, this.#u32, at, this.#length);`;
  }
  const presence = field.presence < 0 ? '' : 'const u8 = this.#u8; ';
  const { codec } = field;
  if (codec instanceof ScalarCodec) {
    const { words } = codec.scalar;
    const local = presence !== '' && words === 'u8' ? '' : `const ${words} = this.#${words}; `;
    return `${presence}${local}return ${whenPresent(layout, field, loadSource(field, codec))};`;
  }
  const view = whenPresent(layout, field, `this.#b${index}.view(at + ${field.offset})`);
  return `${presence}try { return ${view}; } catch (error) { throw support.inReading(${index}, error); }`;
}
