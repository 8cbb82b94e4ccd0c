/** The documents as they are: what they link to, name and show exists. */
import assert from 'node:assert/strict';
import { glob, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';

import { commands } from '../../cli/commands.ts';
import { allOptions } from '../../cli/settings.ts';
import { parseConfig } from '../../wingman/config/load.ts';
import { unpackHost } from '../chain/host.ts';
import { workspace } from '../chain/sources.ts';
import { root } from '../lib/paths.ts';
import { run } from '../lib/process.ts';
import { helpOf, programs } from '../reference/programs.ts';
import { brokenLinks, npmScript, shownCommands, unknownOptions, unknownScripts, wrongAiroCommands } from './checks.ts';
import { readDocument, readDocuments } from './markdown.ts';

const documents = await readDocuments();
// The usages in docs/command-line.md are made from the tables that commands are checked against.
const written = [...documents.values()].filter(({ path }) => path !== 'docs/command-line.md');
const shown = shownCommands(written);
const { scripts } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8')) as {
  scripts: Record<string, string>;
};

test('there are documents, with links and commands', () => {
  assert.ok(documents.size > 10);
  assert.ok([...documents.values()].flatMap(({ links }) => links).length > 50);
  assert.ok(shown.length > 30);
});

test('what the documents link to is there', async () => {
  assert.deepEqual(await brokenLinks(documents), []);
});

test('every npm script in the documents is one of package.json', () => {
  assert.deepEqual(unknownScripts(shown, Object.keys(scripts)), []);
});

test('every command of airo in the documents is one that it takes', () => {
  assert.deepEqual(wrongAiroCommands(shown), []);
});

test('every option of a program in the documents is one that its help names', async () => {
  const findings: string[] = [];
  const helps = new Map(await describedHelps());
  for (const { words, place } of shown) {
    const { name = '', args } = npmScript(words) ?? { args: words };
    const script = name === '' ? startedScript(words) : /setup\.mjs (\S+\.ts)/.exec(scripts[name] ?? '')?.[1];
    if (script === undefined || name === 'airo' || args.every((arg) => !arg.startsWith('--') || arg === '--help'))
      continue;
    const help = helps.get(script) ?? (await helpOf(script));
    helps.set(script, help);
    findings.push(...unknownOptions(args, help).map((option) => `${place}: ${script} has no option ${option}.`));
  }
  assert.ok(helps.size > 2);
  assert.deepEqual(findings, []);
});

test('a configuration that a command of README.md reads is written by a command before it', () => {
  const { blocks = [] } = documents.get('README.md') ?? {};
  const written = new Set<string>();
  let read = 0;
  for (const line of blocks.filter(({ language }) => language === 'sh').flatMap(({ text }) => text.split('\n'))) {
    const config = /--config (\S+)/.exec(line)?.[1];
    if (config !== undefined) {
      read += 1;
      assert.ok(written.has(config), `${config} is not there yet: ${line}`);
    }
    const made = / > (\S+)/.exec(line)?.[1];
    if (made !== undefined) written.add(made);
  }
  assert.ok(read > 0);
});

test('every option of the node in the documents is one that its help names', async () => {
  const host = await unpackHost();
  const findings: string[] = [];
  const helps = new Map<string, string>();
  for (const { words, place } of shown) {
    const [program = '', ...args] = words;
    if (program.split('/').at(-1) !== 'airo-node') continue;
    const [first = '', second = ''] = args;
    const verbs = first.startsWith('-') ? [] : first === 'key' ? [first, second] : [first];
    const known = helps.get(verbs.join(' ')) ?? (await nodeHelp(host, verbs));
    helps.set(verbs.join(' '), known);
    findings.push(
      ...unknownOptions(args, known).map((option) => `${place}: airo-node ${verbs.join(' ')} has no ${option}.`),
    );
  }
  assert.ok(helps.size > 2);
  assert.deepEqual(findings, []);
});

/** The help of each program as docs/reference/programs.md has it, which a test of its own compares with the programs. */
async function describedHelps(): Promise<readonly (readonly [script: string, help: string])[]> {
  const { blocks } = await readDocument('docs/reference/programs.md');
  return Object.entries(programs).map(([name, script]) => {
    const help = blocks.find(({ text }) => text.includes(`npm run ${name} -- `))?.text;
    assert.ok(help, name);
    return [script, help];
  });
}

/** The program of this checkout that a service starts by its path. */
function startedScript(words: readonly string[]): string | undefined {
  return Object.values(programs).find((script) => words.some((word) => word.endsWith(`/${script}`)));
}

test('every option that a guide names by itself is one of a program of this project', async () => {
  const host = await unpackHost();
  const helps = [...(await describedHelps()).map(([, help]) => help), await nodeHelp(host, [])];
  const ofAiro = commands.flatMap(({ options, needs }) => Object.keys(allOptions(options, needs)));
  const known = [...helps, ...ofAiro.map((option) => `--${option}`), await nodeHelp(host, ['create-spec'])].join(' ');
  const guides = [
    'provider',
    'own-a-model',
    'run-a-node',
    'library',
    'node-rpc',
    'integrate',
    'security',
    'dx-protocol',
  ];
  const named = guides.flatMap((guide) => {
    const { codes = [] } = documents.get(`docs/${guide}.md`) ?? {};
    return codes
      .filter(({ text }) => text.startsWith('--'))
      .map(({ text, line }) => ({ text, place: `${guide}:${line}` }));
  });
  assert.ok(named.length > 20);
  const findings = named.filter(({ text }) => unknownOptions(text.split(' '), known).length > 0);
  assert.deepEqual(findings, []);
});

async function nodeHelp(host: string, verbs: readonly string[]): Promise<string> {
  const { code, output } = await run(host, [...verbs, '--help']);
  assert.equal(code, 0, output);
  return output;
}

test('every configuration of a Wingman in the documents is one that it takes', () => {
  const blocks = written.flatMap(({ path, blocks: all }) =>
    all.filter(({ note }) => note === 'wingman').map(({ text, line }) => ({ text, place: `${path}:${line}` })),
  );
  assert.ok(blocks.length > 1);
  for (const { text, place } of blocks) assert.doesNotThrow(() => parseConfig(text, 'wingman.json'), place);
});

test('docs/library.md shows the example as it is', async () => {
  const [block] = (await readDocument('docs/library.md')).blocks.filter(({ note }) => note === 'buy-inference');
  assert.equal(block?.text, await readFile(join(root, 'examples', 'buy-inference.ts'), 'utf8'));
});

test('docs/integrate.md quotes the runtimes as they are', async () => {
  const sources = ['runtime/src/configs/market.rs', 'runtime/src/apis.rs', 'testing/src/minimal.rs'];
  const lines = new Set<string>();
  for (const source of sources) {
    for (const line of (await readFile(join(workspace, source), 'utf8')).split('\n')) lines.add(line.trim());
  }
  const quoted = (await readDocument('docs/integrate.md')).blocks
    // The document says that the parachain's line is compiled nowhere.
    .filter(({ language, text }) => language === 'rust' && !text.includes('cumulus'))
    .flatMap(({ text }) => text.split('\n').map((line) => line.trim()))
    .filter((line) => line !== '' && line !== '// and so on');
  assert.ok(quoted.length > 40);
  assert.deepEqual(
    quoted.filter((line) => !lines.has(line)),
    [],
  );
});

test('every term of docs/glossary.md is in the code by the name that stands beside it', async () => {
  const rows = (await readDocument('docs/glossary.md')).text.split('\n').filter((line) => line.startsWith('| **'));
  assert.ok(rows.length > 50);
  const terms = rows.map((row) => row.split(' | ')[0]?.replaceAll(/[|* ]/g, '') ?? '');
  assert.equal(new Set(terms).size, terms.length, 'each term has one entry');
  const sources: string[] = [];
  const folders = ['lib', 'wingman', 'dx', 'chain/primitives', 'chain/pallets', 'chain/node', 'app', 'package.json'];
  for await (const file of glob(
    folders.flatMap((folder) => [folder, `${folder}/**/*.{ts,rs,toml}`]),
    { cwd: root },
  )) {
    const path = join(root, file);
    sources.push(file, (await stat(path)).isFile() ? await readFile(path, 'utf8') : '');
  }
  const all = sources.join('\n');
  const names = rows.flatMap((row) =>
    [...(row.split(' | ').at(-1) ?? '').matchAll(/`([^`]+)`/g)].map(([, name = '']) => name),
  );
  const isKnown = (name: string) =>
    name.startsWith('npm run ')
      ? scripts[name.slice(8)] !== undefined
      : name.split('.').every((part) => all.includes(part));
  assert.deepEqual(
    names.filter((name) => !isKnown(name)),
    [],
  );
});
