/** The texts of `airo help`, and the same as a document (docs/command-line.md). */
import { describeOptions, placeholderOf, type Option } from '../scripts/lib/options.ts';
import type { Command } from './command.ts';
import { commands } from './commands.ts';
import { list } from './output.ts';
import { allOptions } from './settings.ts';

const places = `The chain, Dx and the account are named by options, or by AIRO_CHAIN, AIRO_DX and AIRO_SECRET. A secret is never
given on the command line itself. Keys and what was sent are kept in AIRO_HOME, or else in airo/consumer of the XDG
data folder, readable for their owner alone.`;

const streams = `Results go to standard output, progress to standard error. With --json the result is one JSON document, in which
amounts are strings in the smallest unit (10^-12 AIRO). The exit status is 0, 1 for a failure, 2 for a command line
that is wrong, and 130 after Ctrl-C, which ends a command in order and says what remains.`;

/** All commands. */
export function overview(): string {
  return `Orders inferences on the Airo market, and looks after models.

airo COMMAND [ARGUMENT...] [OPTION...]

${list(commands.map(({ name, about }) => [`  ${name}`, about] as const))}

airo COMMAND --help explains a command. From a checkout: npm run --silent airo -- COMMAND

${places}

${streams}`;
}

/** How a command is written. */
function usage({ name, positionals }: Command): string {
  const written = positionals.map((positional) => {
    const text = positional.many === true ? `${positional.name}...` : positional.name;
    return positional.optional === true ? `[${text}]` : text;
  });
  return ['airo', name, ...written, '[OPTION...]'].join(' ');
}

/** One command. */
export function explain(command: Command): string {
  const { about, details, positionals, options, needs, example } = command;
  return [
    about,
    usage(command),
    ...(details === undefined ? [] : [details]),
    ...(positionals.length === 0 ? [] : [list(positionals.map(({ name, help }) => [`  ${name}`, help] as const))]),
    describeOptions(allOptions(options, needs)),
    `Example: airo ${example}`,
  ].join('\n\n');
}

/** All of it as Markdown. */
export function markdown(): string {
  const parts = commands.map((command) => {
    const { name, about, details, positionals, options, needs, example } = command;
    const rows = [
      ...positionals.map((positional) => row(positional.name, positional.help)),
      ...Object.entries(allOptions(options, needs)).map(([option, entry]) => row(written(option, entry), entry.help)),
    ];
    return [
      `## airo ${name}`,
      about,
      fenced(usage(command)),
      ...(details === undefined ? [] : [quoted(details)]),
      ['| argument or option | what it is |', '| --- | --- |', ...rows].join('\n'),
      `Example:\n\n${fenced(`airo ${example}`)}`,
    ].join('\n\n');
  });
  return [
    '# The command line',
    'Made from the tables in `cli/commands` by `node scripts/setup.mjs cli/docs.ts`; a test fails when it is not up to date.',
    places,
    streams,
    'From a checkout, `airo` is `npm run --silent airo --`.',
    ...parts,
  ].join('\n\n');
}

function written(name: string, option: Option): string {
  const placeholder = placeholderOf(option);
  return `--${name}${placeholder && ` ${placeholder}`}`;
}

function row(name: string, help: string): string {
  return `| \`${name.replaceAll('|', '\\|')}\` | ${help.replaceAll('|', '\\|')} |`;
}

function fenced(text: string): string {
  return `\`\`\`sh\n${text}\n\`\`\``;
}

/** Details as they are: what is indented in them is code. */
function quoted(details: string): string {
  return details
    .split('\n\n')
    .map((part) => (part.startsWith('  ') ? `\`\`\`json\n${part.replace(/^ {2}/gm, '')}\n\`\`\`` : part))
    .join('\n\n');
}
