/**
 * The next version of a runtime, made from its WebAssembly without a compiler: the same rules under a higher
 * `spec_version`. The number is changed where the runtime tells it, where it checks what transactions were signed for, and in
 * the section from which the host reads it. Where it would decide on migrations it stays, because there are none.
 */
import { zstdCompressSync, zstdDecompressSync } from 'node:zlib';

import type { ChainSpec } from '../../scripts/chain/specs.ts';
import { functionsNamed } from './wasm-functions.ts';

/** What compressed runtimes begin with (`sp_maybe_compressed_blob`). */
const compressedPrefix = Buffer.from('52bc537646db8e05', 'hex');
/** The key of the runtime in the state: `:code`. */
const codeKey = '0x3a636f6465';

export interface NextRuntime {
  /** As `system.setCode` takes it. */
  readonly code: `0x${string}`;
  readonly from: number;
  readonly to: number;
}

/** @throws when the version is not found in the runtime as it is compiled now */
export function nextRuntime(spec: ChainSpec): NextRuntime {
  const stored = Buffer.from((spec.genesis.raw.top[codeKey] ?? '').slice(2), 'hex');
  const isCompressed = stored.subarray(0, compressedPrefix.length).equals(compressedPrefix);
  const wasm = isCompressed ? zstdDecompressSync(stored.subarray(compressedPrefix.length)) : stored;
  const told = versionOf(wasm);
  const from = told.readUInt32LE(specVersionIn(told));
  const wanted = Buffer.from(told);
  wanted.writeUInt32LE(from + 1, specVersionIn(told));

  for (const place of versionPlaces(wasm, told)) {
    const next = Buffer.from(wasm);
    next.writeUInt32LE(from + 1, place);
    if (!versionOf(next).equals(wanted)) continue;
    writeSection(next, from + 1);
    writeSigned(next, from, told.readUInt32LE(told.length - 5));
    const code = Buffer.concat([compressedPrefix, zstdCompressSync(next)]);
    return { code: `0x${code.toString('hex')}`, from, to: from + 1 };
  }
  throw new Error('No number in the runtime changes its spec_version: the compiler keeps it in another form now.');
}

/** What a runtime answers to `Core_version`, encoded. It needs little of the host for that. */
function versionOf(wasm: Buffer): Buffer {
  const module = new WebAssembly.Module(new Uint8Array(wasm));
  const memory = new WebAssembly.Memory({ initial: 256 });
  let free = 0;
  const unused = (name: string) => () => {
    throw new Error(`Core_version calls ${name}.`);
  };
  const functions = WebAssembly.Module.imports(module).filter(({ kind }) => kind === 'function');
  const env = {
    ...Object.fromEntries(functions.map(({ name }) => [name, unused(name)])),
    memory,
    ext_allocator_malloc_version_1: (bytes: number) => {
      const place = free;
      free += Math.ceil(bytes / 16) * 16;
      return place;
    },
    ext_allocator_free_version_1: () => undefined,
    ext_logging_max_level_version_1: () => 0,
  };
  const { exports } = new WebAssembly.Instance(module, { env });
  free = Math.ceil((exports.__heap_base as WebAssembly.Global<'i32'>).value / 16) * 16;
  const answer = (exports.Core_version as (argument: number, bytes: number) => bigint)(0, 0);
  const [place, bytes] = [Number(answer & 0xffff_ffffn), Number(answer >> 32n)];
  return Buffer.from(memory.buffer.slice(place, place + bytes));
}

/** Where `spec_version` stands in an encoded version: after two names, each with its length, and a number. */
function specVersionIn(version: Buffer): number {
  const afterText = (at: number) => at + 1 + ((version[at] ?? 0) >> 2);
  return afterText(afterText(0)) + 4;
}

/** Where the version's numbers may stand: in a constant of the data, behind its three borrowed names and lists. */
function* versionPlaces(wasm: Buffer, version: Buffer): Generator<number> {
  const nameBytes = (version[0] ?? 0) >> 2;
  const borrowed = Buffer.from('00000080', 'hex');
  const words = 3;
  for (let at = wasm.indexOf(borrowed); at >= 0; at = wasm.indexOf(borrowed, at + 1)) {
    const isName = (entry: number) =>
      wasm.subarray(at + entry * words * 4).indexOf(borrowed) === 0 &&
      wasm.readUInt32LE(at + (entry * words + 2) * 4) === nameBytes;
    if (at + 64 > wasm.length || !isName(0) || !isName(1)) continue;
    for (let number = 0; number < 5; number++) yield at + (3 * words + number) * 4;
  }
}

/**
 * Changes the version that a transaction must have been signed for: what the chain's transaction extensions add to it by
 * themselves. The compiler has made one constant of it and of `transaction_version` behind it.
 */
function writeSigned(wasm: Buffer, from: number, transactionVersion: number): void {
  const [implicit, ...others] = functionsNamed(wasm, /TupleElement9.*TransactionExtension.*8implicit/);
  const together = (specVersion: number) => constant((BigInt(transactionVersion) << 32n) | BigInt(specVersion));
  const place = wasm.indexOf(together(from), implicit?.start);
  if (implicit === undefined || others.length > 0 || place < 0 || place >= implicit.end) {
    throw new Error(
      'The runtime does not check the version of transactions as this expects: the compiler is another one.',
    );
  }
  together(from + 1).copy(wasm, place);
}

/** The instruction that gives a 64-bit constant: its number in signed LEB128. */
function constant(value: bigint): Buffer {
  const bytes = [0x42];
  for (let rest = value; ;) {
    const low = Number(rest & 0x7fn);
    rest >>= 7n;
    const isLast = rest === 0n && (low & 0x40) === 0;
    bytes.push(isLast ? low : low | 0x80);
    if (isLast) return Buffer.from(bytes);
  }
}

/** Changes the version in the section from which the host reads it without running the runtime. */
function writeSection(wasm: Buffer, specVersion: number): void {
  const [section] = WebAssembly.Module.customSections(new WebAssembly.Module(new Uint8Array(wasm)), 'runtime_version');
  const content = Buffer.from(section ?? new ArrayBuffer(0));
  const place = wasm.indexOf(content);
  if (content.length === 0 || place !== wasm.lastIndexOf(content)) {
    throw new Error('The runtime has no single section with its version.');
  }
  wasm.writeUInt32LE(specVersion, place + specVersionIn(content));
}
