/** What building the chain from source needs, and how a missing part is made or named. */
import { existsSync, mkdtempSync, readdirSync } from 'node:fs';
import { cp, mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';

import { findProgram, program, requireAll, type Requirement } from '../lib/packages.ts';
import { run } from '../lib/process.ts';
import { onShutdown } from '../lib/shutdown.ts';

/** The target of runtimes: WebAssembly 1.0 without an operating system. */
const wasmTarget = 'wasm32v1-none';

type Say = (line: string) => void;
type Environment = Readonly<Record<string, string>>;

/** What Rust's crates need: a C compiler, what builds OpenSSL (for WebRTC) and what reads Protocol Buffers (for libp2p). */
export const compilers: readonly Requirement[] = [
  { name: 'cc', package: 'gcc', isThere: () => findProgram('cc') !== undefined },
  { name: 'C library headers', package: 'libc6-dev', isThere: () => existsSync('/usr/include/stdlib.h') || !isLinux },
  program('make', 'make'),
  program('perl', 'perl'),
  program('protoc', 'protobuf-compiler'),
];
const isLinux = process.platform === 'linux';

/** What the host needs beside these. */
const hostTools: readonly Requirement[] = [
  ...compilers,
  program('clang', 'clang'),
  program('pkg-config', 'pkg-config'),
];

/** Makes sure that Rust is there. It is not installed by itself: where it goes is for its user to decide. */
export function requireRust(): void {
  for (const name of ['cargo', 'rustc']) {
    if (findProgram(name) !== undefined) continue;
    throw new Error(
      `Missing: ${name}. Install Rust (stable) with rustup, see https://rustup.rs, and open a new terminal.`,
    );
  }
}

/** Makes sure that everything to build the host is there. */
export async function requireHostTools(say: Say): Promise<void> {
  requireRust();
  await requireAll(hostTools, say);
}

/**
 * Makes sure that runtimes can be built, and returns the variables with which Cargo does so.
 *
 * The target comes from rustup where that has it or can download it. Where it cannot (no access to its server), Debian's
 * own Rust for web browsers comes with the sources of the standard library, from which core and alloc are built once.
 */
export async function requireWasmTarget(say: Say): Promise<Environment> {
  requireRust();
  await requireAll(compilers, say);
  if (await hasWasmTarget([])) return {};
  if (findProgram('rustup') !== undefined) {
    say(`Adding the target ${wasmTarget} to the Rust toolchain ...`);
    const { code } = await run('rustup', ['target', 'add', wasmTarget], {
      env: { RUSTUP_MAX_RETRIES: '1' },
      onLine: say,
    });
    if (code === 0 && (await hasWasmTarget([]))) return {};
    return debianWasmToolchain(say);
  }
  throw new Error(
    `This Rust has no target ${wasmTarget}. Install Rust with rustup, see https://rustup.rs, or add the target to it.`,
  );
}

/** The name under which Debian's toolchain is known to rustup. */
const debianToolchain = 'airo-web';

async function debianWasmToolchain(say: Say): Promise<Environment> {
  const packages = ['rustc-web', 'cargo-web', 'libstd-rust-web-dev', 'rust-web-src'];
  say(`rustup could not add ${wasmTarget}; using Debian's Rust for web browsers ...`);
  await requireAll(
    packages.map((name) => ({ name, package: name, isThere: () => isInstalled(name) })),
    say,
  );
  await must('rustup', ['toolchain', 'link', debianToolchain, '/usr'], {}, say);
  // Debian's compiler has no linker for WebAssembly of its own; rustup's has.
  const linkers = join(await sysroot([]), 'lib', 'rustlib', await hostTriple(), 'bin');
  const environment = {
    WASM_BUILD_TOOLCHAIN: debianToolchain,
    PATH: `${linkers}${delimiter}${process.env.PATH ?? ''}`,
  };
  if (await hasWasmTarget([`+${debianToolchain}`])) return environment;

  say(`Building core and alloc for ${wasmTarget} ...`);
  const crate = mkdtempSync(join(tmpdir(), 'airo-wasm-'));
  const remove = () => rm(crate, { recursive: true, force: true });
  const unregister = onShutdown(remove);
  try {
    await mkdir(join(crate, 'src'));
    const manifest = '[package]\nname = "empty"\nversion = "0.0.0"\nedition = "2021"\n\n[workspace]\n';
    await writeFile(join(crate, 'Cargo.toml'), manifest);
    await writeFile(join(crate, 'src', 'lib.rs'), '#![no_std]\n');
    const build = [`+${debianToolchain}`, 'build', '--release', '--target', wasmTarget, '-Zbuild-std=core,alloc'];
    const env = {
      ...environment,
      // -Zbuild-std is not stable yet; the runtime is linked with link-time optimization, which needs the bitcode.
      RUSTC_BOOTSTRAP: '1',
      RUSTFLAGS: '-Cembed-bitcode=yes',
      CARGO_TARGET_DIR: join(crate, 'target'),
    };
    await must('cargo', build, { cwd: crate, env }, say);
    const made = join(crate, 'target', wasmTarget, 'release', 'deps');
    const target = join(await sysroot([`+${debianToolchain}`]), 'lib', 'rustlib', wasmTarget, 'lib');
    await mkdir(target, { recursive: true });
    for (const file of await readdir(made)) {
      if (/^lib(core|alloc|compiler_builtins)-.*\.(rlib|rmeta)$/.test(file))
        await cp(join(made, file), join(target, file));
    }
  } finally {
    await remove();
    unregister();
  }
  if (await hasWasmTarget([`+${debianToolchain}`])) return environment;
  throw new Error(`The standard library for ${wasmTarget} was built, but the compiler does not find it.`);
}

/** Whether a toolchain has the core library for WebAssembly, not only a name for the target. */
async function hasWasmTarget(toolchain: readonly string[]): Promise<boolean> {
  const libraries = join(await sysroot(toolchain), 'lib', 'rustlib', wasmTarget, 'lib');
  return existsSync(libraries) && (await readdir(libraries)).some((file) => /^libcore-.*\.rlib$/.test(file));
}

async function sysroot(toolchain: readonly string[]): Promise<string> {
  return (await must('rustc', [...toolchain, '--print', 'sysroot'], {})).trim();
}

async function hostTriple(): Promise<string> {
  const triple = /^host: (.+)$/m.exec(await must('rustc', ['-vV'], {}))?.[1];
  if (triple === undefined) throw new Error('rustc does not say which machine it is for.');
  return triple;
}

/** Whether a Debian package is installed. The list of its files may have the architecture in its name. */
function isInstalled(name: string): boolean {
  const lists = '/var/lib/dpkg/info';
  if (!existsSync(lists)) return false;
  return readdirSync(lists).some((file) => file === `${name}.list` || (file.startsWith(`${name}:`) && file.endsWith('.list')));
}

async function must(
  command: string,
  args: readonly string[],
  options: { readonly cwd?: string; readonly env?: Environment },
  say?: Say,
): Promise<string> {
  const { code, output } = await run(command, args, say === undefined ? options : { ...options, onLine: say });
  if (code !== 0) throw new Error(`${command} ${args.join(' ')} failed with status ${code}:\n${output}`);
  return output;
}
