import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';

import { commands } from './commands.ts';
import { documentation, documentationFile } from './documentation.ts';
import { overview } from './help.ts';
import { describeError, helpFor, understand } from './run.ts';
import { startCommands } from './testing/context.ts';

/** What is wrong with a command line, for every command; nothing of it reaches the chain. */
const wrong: readonly (readonly [string, RegExp])[] = [
  ['modles', /no command "modles"\. Did you mean models/],
  ['xyzzy', /no command "xyzzy"\.$/],
  ['model', /model needs one of: model show, model register/],
  ['model shwo 1', /model needs one of/],
  ['dx', /dx needs one of: dx address, dx upload, dx download/],
  ['--json models', /Name a command before --json/],
  ['models 3', /Unexpected argument "3"/],
  ['models --chain 127.0.0.1', /--chain must be an address/],
  ['model show', /MODEL is missing: The number of the model/],
  ['model show first', /MODEL must be a whole number, not "first"/],
  ['model show 1 2', /Unexpected argument "2" after MODEL/],
  ['providers --model x', /--model must be a whole number/],
  ['order', /--model is missing/],
  ['order --model 0', /--inferences is missing/],
  ['order --model 0 --inferences 3', /--max-price is missing/],
  ['order --model 0 --inferences 0 --max-price 1', /--inferences must be a whole number from 1/],
  ['order --model 0 --inferences 3 --max-price -1', /--max-price must be an amount in AIRO/],
  ['order --model 0 --inferences 3 --max-price 1 --min-reliability 95', /from 0 to 1/],
  ['order --modle 0', /no option --modle\. Did you mean --model\?/],
  ['orders --model -1', /--model must be a whole number/],
  ['bids', /ORDER is missing/],
  ['bids -1', /no option -1/],
  ['accept', /ORDER is missing/],
  ['accept 3', /Which bids\?/],
  ['accept 3 somebody --best 1', /not both/],
  ['accept 3 --best 0', /--best must be a whole number from 1/],
  ['cancel', /ORDER is missing/],
  ['cancel 1.5', /ORDER must be a whole number/],
  ['infer', /AGREEMENT is missing/],
  ['infer 3', /FILE is missing/],
  ['infer seven.png', /AGREEMENT must be a whole number, not "seven.png"/],
  ['infer 3 seven.png --max-price 1', /--max-price belongs to an order: give --model/],
  ['collect', /AGREEMENT is missing/],
  ['agreements 3', /Unexpected argument/],
  ['agreement x', /AGREEMENT must be a whole number/],
  ['end', /AGREEMENT is missing/],
  ['rate 3', /STARS is missing: From 1/],
  ['rate 3 6', /STARS must be from 1 to 5/],
  ['account --secret-file', /--secret-file needs a file/],
  ['model register', /FILE is missing/],
  ['model register model.onnx', /--royalty is missing/],
  ['model register model.onnx --royalty 1', /--description is missing/],
  ['model publish 0 model.onnx', /--description is missing/],
  ['model royalty 0', /AMOUNT is missing/],
  ['model royalty 0 much', /AMOUNT must be an amount in AIRO/],
  ['model retire x', /MODEL must be a whole number/],
  ['model transfer 0', /TO is missing/],
  ['model sell 0', /PRICE is missing/],
  ['model sell 0 0', /PRICE must be more than 0/],
  ['model sell 0 5 --to', /--to needs/],
  ['model unsell', /MODEL is missing/],
  ['model unsell x', /MODEL must be a whole number/],
  ['model buy', /MODEL is missing/],
  ['model buy 0 --at-most much', /--at-most must be an amount in AIRO/],
  ['provider register', /FILE is missing/],
  ['provider register /nonexistent/file', /there is no file/],
  ['provider register package.json', /is not what GET \/v1\/status .* gives/],
  ['provider register README.md', /is not what GET \/v1\/status/],
  ['provider announce 0', /MS is missing/],
  ['provider announce x 2', /MODEL must be a whole number/],
  ['provider announce 0 -2', /no option -2/],
  ['provider announce 0 soon', /MS must be a number of milliseconds/],
  ['provider announce 0 0', /above zero/],
  ['provider withdraw', /MODEL is missing/],
  ['provider withdraw x', /MODEL must be a whole number/],
  ['provider leave now', /Unexpected argument/],
  ['provider unstake 100', /Unexpected argument/],
  ['operator', /needs one of: operator set, operator remove/],
  ['operator set', /KEY is missing/],
  ['operator set key --floor low', /--floor must be an amount/],
  ['operator set key --floor 1 --max-open 0', /--max-open must be a whole number from 1/],
  ['operator set key --floor 1 --top-up -1', /--top-up must be an amount/],
  ['operator remove key', /Unexpected argument/],
  ['account new', /FILE is missing/],
  ['account new README.md', /FILE: README\.md was not written: it is there already/],
  ['transfer', /TO is missing/],
  ['transfer key', /AMOUNT is missing/],
  ['transfer key much', /AMOUNT must be an amount in AIRO/],
  ['accept newest --best 1', /ORDER must be a whole number/],
  ['dx address --kind pigeon', /--kind cannot be "pigeon"/],
  ['dx address --dx /ip4/127.0.0.1/tcp/1', /asked by its http:\/\/ address/],
  ['dx upload', /FILE is missing/],
  ['dx upload /nonexistent/file', /there is no file \/nonexistent\/file/],
  ['dx download', /KEY is missing/],
  ['dx download bafkrei', /--output/],
];

test('a command line that is wrong is refused with what to do, and nothing is done', async (t) => {
  const airo = await startCommands(t, [{}]);
  for (const [line, message] of wrong) {
    const args = line.split(' ');
    await assert.rejects(async () => airo.run(...args), { name: 'UsageError', message }, line);
  }
  assert.deepEqual([airo.chain.calls.length, airo.dx.data.size], [0, 0]);
  for (const { name } of commands)
    assert.ok(
      wrong.some(([line]) => line.startsWith(name)),
      `${name} is tried`,
    );
});

test('the help of every command has its usage, its options and an example that is understood', () => {
  for (const { name, example } of commands) {
    const help = understand([...name.split(' '), '--help']);
    assert.ok(help.kind === 'text');
    assert.ok(help.text.includes(`airo ${name}`));
    assert.match(help.text, /--json +Print one JSON document/);
    assert.deepEqual(understand(['help', ...name.split(' ')]), help);
    const understood = understand(example.split(' '));
    assert.equal(understood.kind === 'command' && understood.command.name, name, example);
    assert.ok(overview().includes(`\n  ${name} `));
  }
});

test('the help that is pointed at is that of the command', () => {
  assert.equal(helpFor(['order', '--nonsense']), 'airo order --help');
  assert.equal(helpFor(['model', 'show']), 'airo model show --help');
  assert.equal(helpFor(['nonsense']), 'airo help');
});

test('options that commands share are there where they have a meaning', () => {
  const optionsOf = (...args: string[]) => {
    const request = understand([...args, '--json']);
    return request.kind === 'command' ? Object.keys(request.options) : [];
  };
  assert.ok(!optionsOf('models').includes('secret-file'));
  assert.ok(!optionsOf('dx', 'upload', 'x').includes('chain'));
  for (const option of ['chain', 'secret-file', 'dx', 'json']) assert.ok(optionsOf('infer', '1', 'x').includes(option));
});

test('an error says what to do where it does not know itself', () => {
  const out = { live: () => undefined };
  const named = (name: string) => Object.assign(new Error('Nobody answers.'), { name });
  assert.match(describeError(named('ChainUnavailable'), out), /Nobody answers\.\nStart a node with npm run chain/);
  assert.match(describeError(named('DxUnavailable'), out), /npm run dx/);
  assert.equal(describeError(new Error('It is full.'), out), 'It is full.');
  assert.equal(describeError('odd', out), 'odd');
});

test('docs/command-line.md is up to date', async () => {
  assert.equal(
    await readFile(documentationFile, 'utf8'),
    await documentation(),
    'run: node scripts/setup.mjs cli/docs.ts',
  );
});
