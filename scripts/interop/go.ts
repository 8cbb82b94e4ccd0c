/** The Go toolchain, with which Kubo is built. */
import { findProgram, requireAll, type Requirement } from '../lib/packages.ts';
import { run, type StartOptions } from '../lib/process.ts';

/** From this version on a Go fetches the newer one that a module asks for by itself. */
const oldest = [1, 21] as const;

const usualPlaces = ['go', '/usr/local/go/bin/go'];

const findGo = () => usualPlaces.map((place) => findProgram(place)).find((found) => found !== undefined);

const goRequirement: Requirement = { name: 'go', package: 'golang-go', isThere: () => findGo() !== undefined };

/** The version in the answer of `go version`, or `undefined` when it is none. */
export function goVersion(answer: string): readonly [number, number] | undefined {
  const found = /\bgo(\d+)\.(\d+)/.exec(answer);
  return found === null ? undefined : [Number(found[1]), Number(found[2])];
}

/** A program in a Go module. */
export interface GoProgram {
  readonly module: string;
  /** `v1.2.3`. */
  readonly version: string;
  /** The program's folder in the module: `./cmd/program`. */
  readonly folder: string;
}

/**
 * Builds a program inside of its own module, so with the versions and hashes of all that it needs as its authors have
 * fixed them.
 *
 * @param executable where the result goes
 * @throws when there is no Go that can, saying what to do, or when the build fails
 */
export async function buildGoProgram(
  { module, version, folder }: GoProgram,
  executable: string,
  say: (line: string) => void,
): Promise<void> {
  await requireAll([goRequirement], say);
  const go = findGo();
  if (go === undefined) throw new Error('Missing: go. See https://go.dev/doc/install.');
  const said = await must(go, ['version'], { env: { GOTOOLCHAIN: 'local' } });
  const [major, minor] = goVersion(said) ?? [0, 0];
  if (major < oldest[0] || (major === oldest[0] && minor < oldest[1])) {
    throw new Error(
      `${said.trim()} is too old: Go ${oldest.join('.')} or newer is needed. See https://go.dev/doc/install.`,
    );
  }
  // The result needs no C library then, and no C compiler; there is no repository that it could be stamped with.
  const env = { GOTOOLCHAIN: 'auto', CGO_ENABLED: '0', GOFLAGS: '-buildvcs=false' };
  const answer = await must(go, ['mod', 'download', '-json', `${module}@${version}`], { env });
  const { Dir: sources } = JSON.parse(answer.slice(answer.indexOf('{'))) as { readonly Dir: string };
  await must(go, ['build', '-o', executable, folder], { cwd: sources, env, onLine: say });
}

async function must(go: string, args: readonly string[], options: StartOptions): Promise<string> {
  const { code, output } = await run(go, args, options);
  if (code !== 0) throw new Error(`${go} ${args.join(' ')} failed with status ${code}:\n${output}`);
  return output;
}
