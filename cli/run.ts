/** From a command line to a command that has run. */
import { nearest } from '../scripts/lib/nearest.ts';
import { parseOptions, UsageError } from '../scripts/lib/options.ts';
import type { Command } from './command.ts';
import { PartialFailure } from './command.ts';
import { commands } from './commands.ts';
import type { RunningContext } from './connect.ts';
import { explain, overview } from './help.ts';
import type { Output } from './output.ts';
import { allOptions, type SharedValues } from './settings.ts';

/** What was asked for: a text, or a command with what it was given. */
export type Request =
  | { readonly kind: 'text'; readonly text: string }
  | {
      readonly kind: 'command';
      readonly command: Command;
      readonly options: SharedValues & { readonly json: boolean };
      readonly args: readonly string[];
    };

/** @throws {UsageError} when it is not understood */
export function understand(args: readonly string[]): Request {
  const [first] = args;
  if (first === undefined || first === '--help' || first === '-h') return { kind: 'text', text: overview() };
  if (first === 'help') return { kind: 'text', text: helpText(args.slice(1)) };
  if (first.startsWith('-')) throw new UsageError(`Name a command before ${first}.`);
  const { command, rest } = find(args);
  const table = allOptions(command.options, command.needs);
  const parsed = parseOptions(rest, table, command);
  if (parsed.help) return { kind: 'text', text: explain(command) };
  return {
    kind: 'command',
    command,
    options: parsed.options as SharedValues & { readonly json: boolean },
    args: parsed.names,
  };
}

function helpText(args: readonly string[]): string {
  return args.length === 0 ? overview() : explain(find(args).command);
}

/** Which help to point at after a command line that is wrong. */
export function helpFor(args: readonly string[]): string {
  const command = lookUp(args);
  return command === undefined ? 'airo help' : `airo ${command.command.name} --help`;
}

function lookUp(args: readonly string[]): Found | undefined {
  for (const words of [2, 1]) {
    const name = args.slice(0, words).join(' ');
    const command = commands.find((candidate) => candidate.name === name);
    if (command !== undefined) return { command, rest: args.slice(words) };
  }
  return undefined;
}

interface Found {
  readonly command: Command;
  readonly rest: readonly string[];
}

function find(args: readonly string[]): Found {
  const found = lookUp(args);
  if (found !== undefined) return found;
  const [first = ''] = args;
  const family = commands.filter(({ name }) => name.startsWith(`${first} `)).map(({ name }) => name);
  if (family.length > 0) throw new UsageError(`airo ${first} needs one of: ${family.join(', ')}.`);
  const meant = nearest(first, [...new Set(commands.flatMap(({ name }) => [name, name.split(' ')[0] ?? name]))]);
  const hint = meant === undefined ? '' : ` Did you mean ${meant}?`;
  throw new UsageError(`There is no command "${first}".${hint}`);
}

/**
 * Runs a command and writes its result.
 *
 * @returns the exit status; what fails is passed on, but for a failure that has a result to be written
 */
export async function runCommand(
  { command, options, args }: Extract<Request, { readonly kind: 'command' }>,
  context: RunningContext,
): Promise<number> {
  try {
    context.out.document(await command.run(context, { options, args }));
    await context.finish();
    return 0;
  } catch (error) {
    if (!(error instanceof PartialFailure)) throw error;
    context.out.document(error.document);
    await context.finish();
    context.out.note(error.message);
    return 1;
  }
}

/** What to say of an error, with what to do about it where the error itself does not know. */
export function describeError(error: unknown, out: Pick<Output, 'live'>): string {
  out.live('');
  if (!(error instanceof Error)) return String(error);
  const hint = hints[error.name];
  return hint === undefined ? error.message : `${error.message}\n${hint}`;
}

const hints: Readonly<Partial<Record<string, string>>> = {
  ChainUnavailable: 'Start a node with npm run chain, or name another with --chain.',
  DxUnavailable: 'Start a Dx server with npm run dx, or name another with --dx.',
  WrongChain: 'Is it a node of an Airo chain?',
  TransactionLost: 'Look at the state (airo orders, airo agreements) before you try again.',
};
