/**
 * Strict command-line options. What is not understood is refused with a message that says how to write it, because an
 * option that is silently ignored is worse than one that is missing.
 */
import { parseArgs } from 'node:util';

import { parseAmount } from '../../lib/market/amounts.ts';
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
/** A whole number from 0 on, such as the number of a model. */
interface IndexOption extends OptionBase {
  readonly type: 'index';
}
/** A number from 0 to 1. */
interface FractionOption extends OptionBase {
  readonly type: 'fraction';
}
interface FileOption extends OptionBase {
  readonly type: 'file';
}
interface TextOption extends OptionBase {
  readonly type: 'text';
  /** What the value is called in the help; TEXT without it. */
  readonly placeholder?: string;
}
/** An amount of money, written in AIRO (`1.5`), given as a `bigint` in the smallest unit. */
interface AmountOption extends OptionBase {
  readonly type: 'amount';
}
/** Texts: the option can be repeated, and one value can hold several with commas between them. */
interface ListOption extends OptionBase {
  readonly type: 'list';
  readonly placeholder?: string;
}
interface UrlOption extends OptionBase {
  readonly type: 'url';
  /** The schemes that are taken, such as `ws` and `wss`. */
  readonly schemes: readonly string[];
}
interface ChoiceOption<Choice extends string = string> extends OptionBase {
  readonly type: 'choice';
  readonly choices: readonly Choice[];
}
export type Option =
  | FlagOption
  | PortOption
  | CountOption
  | PathOption
  | IndexOption
  | FractionOption
  | FileOption
  | TextOption
  | AmountOption
  | ListOption
  | UrlOption
  | ChoiceOption;
export type OptionTable = Readonly<Record<string, Option>>;

type ValueOf<O extends Option> = O extends FlagOption
  ? boolean
  : O extends PortOption
    ? number
    : O extends CountOption | IndexOption | FractionOption
      ? number | undefined
      : O extends AmountOption
        ? bigint | undefined
        : O extends ListOption
          ? readonly string[]
          : O extends ChoiceOption<infer Choice>
            ? Choice | undefined
            : string | undefined;

/** An argument that stands beside the options, recognized by its place. */
export interface Positional {
  /** What it is called in messages, in capitals: `ORDER`. */
  readonly name: string;
  readonly help: string;
  /** It can be left out; only the last can. */
  readonly optional?: boolean;
  /** It can be given several times; only the last can. */
  readonly many?: boolean;
}

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
 * @param beside what may stand beside the options: names, each at most once; or arguments by their place; by default
 *   nothing
 * @throws {UsageError} for an unknown, repeated, incomplete or malformed argument
 */
export function parseOptions<const T extends OptionTable>(
  args: readonly string[],
  table: T,
  beside: readonly string[] | { readonly positionals: readonly Positional[] } = [],
): Parsed<T> {
  const names: string[] = [];
  const positionals = 'positionals' in beside ? beside.positionals : undefined;
  const given = new Map<string, Value>();
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
      names.push(
        'positionals' in beside
          ? checkPlace(token.value, beside.positionals, names.length)
          : checkName(token.value, beside, names),
      );
      continue;
    }
    const option = table[token.name];
    if (!token.rawName.startsWith('--') || option === undefined) throw unknownOption(token.rawName, table);
    const before = given.get(token.name);
    const value = readValue(token.name, option, token.value);
    if (before === undefined) given.set(token.name, value);
    else if (typeof before === 'object' && typeof value === 'object') given.set(token.name, before.concat(value));
    else throw new UsageError(`--${token.name} is given twice; leave one out.`);
  }
  const missing = positionals?.[names.length];
  if (missing !== undefined && missing.optional !== true) {
    throw new UsageError(`${missing.name} is missing: ${missing.help}`);
  }
  const values = Object.fromEntries(
    Object.entries(table).map(([name, option]) => [name, given.get(name) ?? defaultOf(option)]),
  );
  return { options: values as Parsed<T>['options'], names, help };
}

/** The text of `--help`: one line for each option, with its default. */
export function describeOptions(table: OptionTable): string {
  const rows = Object.entries(table).map(([name, option]) => {
    const placeholder = placeholderOf(option);
    const shown = option.type === 'port' ? ` (default: ${option.default})` : '';
    return [`  --${name}${placeholder && ` ${placeholder}`}`, `${option.help}${shown}`] as const;
  });
  rows.push(['  --help', 'Show this text.']);
  const width = Math.max(...rows.map(([left]) => left.length)) + 2;
  return rows.map(([left, right]) => left.padEnd(width) + right).join('\n');
}

/** What an option's value is called in a help text; nothing for a flag. */
export function placeholderOf(option: Option): string {
  switch (option.type) {
    case 'text':
    case 'list':
      return option.placeholder ?? 'TEXT';
    case 'choice':
      return option.choices.join('|');
    default:
      return placeholders[option.type];
  }
}

const placeholders = {
  flag: '',
  port: 'PORT',
  count: 'N',
  index: 'N',
  fraction: 'PART',
  path: 'DIR',
  file: 'FILE',
  amount: 'AIRO',
  url: 'URL',
} as const;

type Value = boolean | number | bigint | string | readonly string[];

function defaultOf(option: Option): Value | undefined {
  if (option.type === 'flag') return false;
  if (option.type === 'list') return [];
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

function checkPlace(value: string, positionals: readonly Positional[], place: number): string {
  const last = positionals.at(-1);
  const positional = positionals[place] ?? (last?.many === true ? last : undefined);
  if (positional === undefined) {
    const taken = positionals.map(({ name }) => name).join(' ');
    throw new UsageError(`Unexpected argument "${value}"${taken && ` after ${taken}`}.`);
  }
  if (value === '') throw new UsageError(`${positional.name} is empty: ${positional.help}`);
  return value;
}

function readValue(name: string, option: Option, value: string | undefined): Value {
  if (option.type === 'flag') {
    if (value !== undefined) throw new UsageError(`--${name} takes no value, but "${value}" was given.`);
    return true;
  }
  if (value === undefined || value === '' || value.startsWith('--')) {
    throw new UsageError(`--${name} needs ${whatIs(option)} after it.`);
  }
  switch (option.type) {
    case 'path':
    case 'file':
    case 'text':
      return value;
    case 'port':
      return wholeNumber(name, value, 0, 65535, 'from 1 to 65535, or 0 for any free one');
    case 'count':
      return wholeNumber(name, value, 1, Number.MAX_SAFE_INTEGER, 'from 1 on');
    case 'index':
      return wholeNumber(name, value, 0, Number.MAX_SAFE_INTEGER, 'from 0 on');
    case 'fraction':
      if (!/^\d*\.?\d+$/.test(value) || Number(value) > 1) {
        throw new UsageError(`--${name} must be a number from 0 to 1, such as 0.95, not "${value}".`);
      }
      return Number(value);
    case 'amount':
      return amount(name, value);
    case 'list': {
      const entries = value.split(',').map((entry) => entry.trim());
      if (entries.includes('')) throw new UsageError(`--${name} has an empty entry in "${value}".`);
      return entries;
    }
    case 'url':
      return url(name, value, option.schemes);
    case 'choice':
      return choice(name, value, option.choices);
  }
}

function whatIs(option: Option): string {
  switch (option.type) {
    case 'path':
      return 'a folder';
    case 'file':
      return 'a file';
    case 'text':
    case 'list':
      return option.placeholder ?? 'a text';
    case 'amount':
      return 'an amount in AIRO';
    case 'url':
      return `an address (${option.schemes.map((scheme) => `${scheme}://...`).join(', ')})`;
    case 'choice':
      return `one of ${option.choices.join(', ')}`;
    default:
      return 'a number';
  }
}

function wholeNumber(name: string, value: string, lowest: number, highest: number, range: string): number {
  if (!/^\d+$/.test(value) || Number(value) > highest || Number(value) < lowest) {
    throw new UsageError(`--${name} must be a whole number ${range}, not "${value}".`);
  }
  return Number(value);
}

function amount(name: string, value: string): bigint {
  try {
    return parseAmount(value);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new UsageError(`--${name} must be an amount in AIRO, such as 1.5: ${reason}`, { cause: error });
  }
}

function url(name: string, value: string, schemes: readonly string[]): string {
  const scheme = URL.canParse(value) ? new URL(value).protocol.slice(0, -1) : undefined;
  if (scheme !== undefined && schemes.includes(scheme)) return value;
  const wanted = schemes.map((known) => `${known}://`).join(' or ');
  throw new UsageError(`--${name} must be an address that begins with ${wanted}, not "${value}".`);
}

function choice(name: string, value: string, choices: readonly string[]): string {
  if (choices.includes(value)) return value;
  const meant = nearest(value, choices);
  const hint = meant === undefined ? `It can be ${choices.join(', ')}.` : `Did you mean ${meant}?`;
  throw new UsageError(`--${name} cannot be "${value}". ${hint}`);
}
