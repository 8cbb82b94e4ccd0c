/** What is wrong with the documents: links, commands and options that do not exist. Each finding is a sentence with its place. */
import { stat } from 'node:fs/promises';
import { join, normalize, posix } from 'node:path';

import { commands } from '../../cli/commands.ts';
import type { Command } from '../../cli/command.ts';
import { understand } from '../../cli/run.ts';
import { allOptions } from '../../cli/settings.ts';
import { root } from '../lib/paths.ts';
import { commandsOf } from './commands.ts';
import { placeOf, type CodeBlock, type MarkdownFile } from './markdown.ts';

type Documents = ReadonlyMap<string, MarkdownFile>;

/** Links to files that are not there, or to headings that nobody has. */
export async function brokenLinks(documents: Documents): Promise<string[]> {
  const findings: string[] = [];
  for (const document of documents.values()) {
    for (const { target, line } of document.links) {
      if (/^[a-z][a-z0-9+.-]*:/i.test(target)) continue;
      const [path = '', anchor] = target.split('#');
      const file = path === '' ? document.path : normalize(posix.join(posix.dirname(document.path), decodeURI(path)));
      const isThere = documents.has(file) || (!file.startsWith('..') && (await exists(join(root, file))));
      if (!isThere) findings.push(`${placeOf(document, line)}: ${target}: there is no file ${file}.`);
      else if (anchor !== undefined && documents.get(file)?.anchors.has(anchor) === false) {
        findings.push(`${placeOf(document, line)}: ${target}: ${file} has no heading with this anchor.`);
      }
    }
  }
  return findings;
}

const exists = (file: string): Promise<boolean> =>
  stat(file).then(
    () => true,
    () => false,
  );

/** A command that a document shows. */
export interface ShownCommand {
  readonly place: string;
  readonly words: readonly string[];
  /** In a block of shell it is as it would be typed; in the middle of a text it may only be named. */
  readonly isWhole: boolean;
}

const shells = ['sh', 'bash', 'shell', 'console'];

/** All commands in the documents; what a service starts is one. */
export function shownCommands(documents: Iterable<MarkdownFile>): ShownCommand[] {
  return [...documents].flatMap((document) => [
    ...document.blocks
      .filter(({ language }) => language === 'ini')
      .flatMap((block) => commandsIn(document, { ...block, text: startedBy(block.text) })),
    ...document.blocks
      .filter(({ language }) => shells.includes(language))
      .flatMap((block) => commandsIn(document, block)),
    ...document.codes
      .filter(({ text }) => /^(npm|airo|airo-node) /.test(text))
      .flatMap(({ text, line }) =>
        commandsOf(text).map(({ words }) => ({ place: placeOf(document, line), words, isWhole: false })),
      ),
  ]);
}

/** What a unit of systemd starts, on the lines on which it stands. */
function startedBy(unit: string): string {
  const starts = 'ExecStart=';
  return unit
    .split('\n')
    .map((line) => (line.startsWith(starts) ? line.slice(starts.length) : ''))
    .join('\n');
}

function commandsIn(document: MarkdownFile, { text, line: start, language }: CodeBlock): ShownCommand[] {
  // What a console shows beside commands is their output.
  const typed =
    language !== 'console'
      ? text
      : text
          .split('\n')
          .map((line) => (line.startsWith('$ ') ? line.slice(2) : ''))
          .join('\n');
  return commandsOf(typed).map(({ words, line }) => ({
    place: placeOf(document, start + 1 + line),
    words,
    isWhole: true,
  }));
}

/** The arguments of `airo`, also where it is started from a checkout. */
function airoArguments(words: readonly string[]): readonly string[] | undefined {
  if (words[0] === 'airo') return words.slice(1);
  const script = npmScript(words);
  return script?.name === 'airo' ? script.args : undefined;
}

/** The script that `npm run` runs, and what it is given. */
export function npmScript(
  words: readonly string[],
): { readonly name: string; readonly args: readonly string[] } | undefined {
  if (words[0] !== 'npm') return undefined;
  const rest = words
    .slice(1)
    .filter((word, i, all) => !(word.startsWith('-') && word !== '--' && !all.slice(0, i).includes('--')));
  const [verb = '', ...others] = rest;
  const named = verb === 'run' ? others : verb === 'test' ? ['test', ...others] : undefined;
  if (named === undefined) return undefined;
  const [name = '', separator, ...args] = named;
  return { name, args: separator === '--' ? args : [] };
}

/** Scripts of npm that package.json does not have. */
export function unknownScripts(shown: readonly ShownCommand[], scripts: readonly string[]): string[] {
  return shown.flatMap(({ words, place }) => {
    const name = npmScript(words)?.name;
    return name === undefined || scripts.includes(name) || /^[A-Z]*$/.test(name)
      ? []
      : [`${place}: package.json has no script ${name}.`];
  });
}

/** Commands of `airo` that it does not have, or that are written as it would refuse them. */
export function wrongAiroCommands(shown: readonly ShownCommand[]): string[] {
  return shown.flatMap(({ words, place, isWhole }) => {
    const args = airoArguments(words);
    if (args?.[0] === undefined) return [];
    const problem = isWhole && !words.includes('...') ? refusal(args) : misnamed(args);
    return problem === undefined ? [] : [`${place}: ${words.join(' ')}: ${problem}`];
  });
}

function refusal(args: readonly string[]): string | undefined {
  try {
    understand(args);
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

/** What is wrong with a command that need not be whole: its name, and the options that are named with it. */
function misnamed(args: readonly string[]): string | undefined {
  const [first = ''] = args;
  if (['help', '--help', 'COMMAND', '...'].includes(first)) return undefined;
  const command = commandOf(args);
  if (command === undefined) {
    const isFamily = args.length === 1 && commands.some(({ name }) => name.startsWith(`${first} `));
    return isFamily || args[1] === '...' ? undefined : 'there is no such command';
  }
  const known = Object.keys(allOptions(command.options, command.needs)).map((name) => `--${name}`);
  const unknown = optionsIn(args).find((option) => option !== '--help' && !known.includes(option));
  return unknown === undefined ? undefined : `it has no option ${unknown}`;
}

function commandOf(args: readonly string[]): Command | undefined {
  return [2, 1]
    .map((words) => commands.find(({ name }) => name === args.slice(0, words).join(' ')))
    .find((command) => command !== undefined);
}

/** The options in a list of arguments, without their values. */
function optionsIn(args: readonly string[]): string[] {
  return args.filter((arg) => /^--[a-z]/.test(arg)).map((arg) => arg.split('=')[0] ?? arg);
}

/** Options that a help text does not name. */
export function unknownOptions(args: readonly string[], help: string): string[] {
  const known = new Set([...help.matchAll(/--[a-z][a-z0-9-]*/g)].map(([option]) => option));
  return optionsIn(args).filter((option) => option !== '--help' && !known.has(option));
}
