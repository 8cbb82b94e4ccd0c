/**
 * Strict command-line options. What is not understood is refused with a message that says how to write it, because an
 * option that is silently ignored is worse than one that is missing.
 */
import { parseArgs } from 'node:util';

import { nearest } from './nearest.ts';

/** A command line that cannot be carried out. The message is meant for the person who typed it. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** `help` is one sentence for `--help`; the placeholder names the value there. */
interface OptionBase {
  readonly help: string;
}
interface FlagOption extends OptionBase {
  readonly type: 'flag';
}
interface PortOption extends OptionBase {
  readonly type: 'port';
  readonly default: number;
}
interface CountOption extends OptionBase {
  readonly type: 'count';
}
interface PathOption extends OptionBase {
  readonly type: 'path';
}
export type Option = FlagOption | PortOption | CountOption | PathOption;
export type OptionTable = Readonly<Record<string, Option>>;

type ValueOf<O extends Option> = O extends FlagOption
  ? boolean
  : O extends PortOption
    ? number
    : O extends CountOption
      ? number | undefined
      : string | undefined;

/** A parsed command line: a value for each option of the table, and what was given beside them. */
export interface Parsed<T extends OptionTable> {
  readonly options: { readonly [K in keyof T]: ValueOf<T[K]> };
  readonly names: readonly string[];
  /** `--help` or `-h` was given; nothing else has been checked then. */
  readonly help: boolean;
}

/**
 * Parses a command line.
 *
 * @param args the arguments without interpreter and script
 * @param table the options that exist
 * @param choices the names that may stand beside the options, each at most once; none by default
 * @throws {UsageError} for an unknown, repeated, incomplete or malformed argument
 */
export function parseOptions<const T extends OptionTable>(
  args: readonly string[],
  table: T,
  choices: readonly string[] = [],
): Parsed<T> {
  const names: string[] = [];
  const given = new Map<string, boolean | string>();
  const help = args.some((arg) => arg === '--help' || arg === '-h');
  const defaults = Object.fromEntries(Object.entries(table).map(([name, option]) => [name, defaultOf(option)]));
  if (help) return { options: defaults as Parsed<T>['options'], names, help };

  const { tokens } = parseArgs({
    args: [...args],
    options: Object.fromEntries(
      Object.entries(table).map(([name, option]) => [name, { type: option.type === 'flag' ? 'boolean' : 'string' }]),
    ),
    strict: false,
    allowPositionals: true,
    tokens: true,
  });
  for (const token of tokens) {
    if (token.kind === 'option-terminator') continue;
    if (token.kind === 'positional') {
      names.push(checkName(token.value, choices, names));
      continue;
    }
    const option = table[token.name];
    if (!token.rawName.startsWith('--') || option === undefined) throw unknownOption(token.rawName, table);
    if (given.has(token.name)) throw new UsageError(`--${token.name} is given twice; leave one out.`);
    given.set(token.name, checkValue(token.name, option, token.value));
  }
  const values = Object.fromEntries(
    Object.entries(table).map(([name, option]) => {
      const value = given.get(name);
      if (value === undefined) return [name, defaultOf(option)];
      return [name, option.type === 'port' || option.type === 'count' ? Number(value) : value];
    }),
  );
  return { options: values as Parsed<T>['options'], names, help };
}

/** The text of `--help`: one line for each option, with its default. */
export function describeOptions(table: OptionTable): string {
  const placeholder = { flag: '', port: ' PORT', count: ' N', path: ' DIR' } as const;
  const rows = Object.entries(table).map(([name, option]) => {
    const shown = option.type === 'port' ? ` (default: ${option.default})` : '';
    return [`  --${name}${placeholder[option.type]}`, `${option.help}${shown}`] as const;
  });
  rows.push(['  --help', 'Show this text.']);
  const width = Math.max(...rows.map(([left]) => left.length)) + 2;
  return rows.map(([left, right]) => left.padEnd(width) + right).join('\n');
}

function defaultOf(option: Option): boolean | number | undefined {
  if (option.type === 'flag') return false;
  return option.type === 'port' ? option.default : undefined;
}

function unknownOption(rawName: string, table: OptionTable): UsageError {
  const known = ['help', ...Object.keys(table)].map((name) => `--${name}`);
  const meant = nearest(rawName, known);
  const hint = meant === undefined ? `The options are ${known.join(', ')}.` : `Did you mean ${meant}?`;
  return new UsageError(`There is no option ${rawName}. ${hint}`);
}

function checkName(name: string, choices: readonly string[], before: readonly string[]): string {
  if (choices.length === 0) throw new UsageError(`Unexpected argument "${name}": only options can be given.`);
  if (!choices.includes(name)) {
    const meant = nearest(name, choices);
    const hint = meant === undefined ? `There are: ${choices.join(', ')}.` : `Did you mean ${meant}?`;
    throw new UsageError(`There is nothing called "${name}". ${hint}`);
  }
  if (before.includes(name)) throw new UsageError(`"${name}" is given twice; leave one out.`);
  return name;
}

function checkValue(name: string, option: Option, value: string | undefined): boolean | string {
  if (option.type === 'flag') {
    if (value !== undefined) throw new UsageError(`--${name} takes no value, but "${value}" was given.`);
    return true;
  }
  const what = option.type === 'path' ? 'a folder' : 'a number';
  if (value === undefined || value === '' || value.startsWith('--')) {
    throw new UsageError(`--${name} needs ${what} after it.`);
  }
  if (option.type === 'path') return value;
  const highest = option.type === 'port' ? 65535 : Number.MAX_SAFE_INTEGER;
  const lowest = option.type === 'port' ? 0 : 1;
  if (!/^\d+$/.test(value) || Number(value) > highest || Number(value) < lowest) {
    const range = option.type === 'port' ? 'from 1 to 65535, or 0 for any free one' : 'from 1 on';
    throw new UsageError(`--${name} must be a whole number ${range}, not "${value}".`);
  }
  return value;
}
