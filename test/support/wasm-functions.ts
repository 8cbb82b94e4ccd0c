/** Where the functions of a WebAssembly module are, by the names that its compiler has left in it. */

export interface FunctionPlace {
  readonly name: string;
  /** The first byte of its body, and the one after the last. */
  readonly start: number;
  readonly end: number;
}

const sectionIds = { custom: 0, code: 10 } as const;
/** The part of the name section that has the functions' names. */
const functionNames = 1;

/** The functions with a body whose name matches. */
export function functionsNamed(wasm: Buffer, pattern: RegExp): readonly FunctionPlace[] {
  const module = new WebAssembly.Module(new Uint8Array(wasm));
  const imported = WebAssembly.Module.imports(module).filter(({ kind }) => kind === 'function').length;
  const bodies = bodiesOf(wasm);
  return namesOf(wasm).flatMap(({ index, name }) => {
    const body = bodies[index - imported];
    return body !== undefined && pattern.test(name) ? [{ name, ...body }] : [];
  });
}

function bodiesOf(wasm: Buffer): readonly { readonly start: number; readonly end: number }[] {
  const [code] = sections(wasm, sectionIds.code);
  if (code === undefined) return [];
  const reader = new Reader(wasm, code.start);
  return Array.from({ length: reader.number() }, () => {
    const bytes = reader.number();
    const start = reader.at;
    reader.at += bytes;
    return { start, end: reader.at };
  });
}

function namesOf(wasm: Buffer): readonly { readonly index: number; readonly name: string }[] {
  for (const section of sections(wasm, sectionIds.custom)) {
    const reader = new Reader(wasm, section.start);
    if (reader.text() !== 'name') continue;
    while (reader.at < section.end) {
      const kind = wasm[reader.at++];
      const bytes = reader.number();
      if (kind === functionNames) {
        return Array.from({ length: reader.number() }, () => ({ index: reader.number(), name: reader.text() }));
      }
      reader.at += bytes;
    }
  }
  return [];
}

function sections(wasm: Buffer, wanted: number): readonly { readonly start: number; readonly end: number }[] {
  const found = [];
  // After the magic number and the version.
  const reader = new Reader(wasm, 8);
  while (reader.at < wasm.length) {
    const id = wasm[reader.at++];
    const bytes = reader.number();
    const start = reader.at;
    reader.at += bytes;
    if (id === wanted) found.push({ start, end: reader.at });
  }
  return found;
}

class Reader {
  at: number;
  readonly #bytes: Buffer;

  constructor(bytes: Buffer, at: number) {
    this.#bytes = bytes;
    this.at = at;
  }

  /** An unsigned number in LEB128. */
  number(): number {
    let value = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = this.#bytes[this.at++] ?? 0;
      value += (byte & 0x7f) * 2 ** shift;
      if (byte < 0x80) return value;
    }
  }

  text(): string {
    const bytes = this.number();
    this.at += bytes;
    return this.#bytes.toString('utf8', this.at - bytes, this.at);
  }
}
