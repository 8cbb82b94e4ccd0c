import assert from 'node:assert/strict';
import { test } from 'node:test';

import { describeOptions, parseOptions, UsageError } from './options.ts';

const table = {
  'rpc-port': { type: 'port', default: 9944, help: 'JSON-RPC.' },
  'base-path': { type: 'path', help: 'The folder.' },
  runs: { type: 'count', help: 'How often.' },
  tmp: { type: 'flag', help: 'Throw away.' },
} as const;

const refusal = (args: string[], message: RegExp, choices: string[] = []) =>
  assert.throws(
    () => parseOptions(args, table, choices),
    (error: unknown) => {
      assert.ok(error instanceof UsageError);
      assert.match(error.message, message);
      return true;
    },
  );

test('options that are not given have their defaults', () => {
  const { options, names, help } = parseOptions([], table);
  assert.deepEqual(options, { 'rpc-port': 9944, 'base-path': undefined, runs: undefined, tmp: false });
  assert.deepEqual(names, []);
  assert.equal(help, false);
});

test('options are read with their value after a space or an equals sign', () => {
  const { options } = parseOptions(['--rpc-port', '0', '--base-path=/data', '--tmp', '--runs', '10'], table);
  assert.deepEqual(options, { 'rpc-port': 0, 'base-path': '/data', runs: 10, tmp: true });
});

test('an unknown option is refused with the nearest known one', () => {
  refusal(['--rcp-port', '1'], /no option --rcp-port\. Did you mean --rpc-port\?/);
  refusal(['--temp'], /Did you mean --tmp\?/);
});

test('an unknown option that resembles nothing is refused with the list of options', () => {
  refusal(['--colour=red'], /The options are --help, --rpc-port, --base-path, --runs, --tmp\./);
  refusal(['-x'], /no option -x/);
});

test('a port outside of its range or with other characters is refused', () => {
  for (const port of ['65536', '-1', '1.5', '0x10', 'http', '1e3']) refusal(['--rpc-port', port], /from 1 to 65535/);
});

test('a count must be at least one', () => refusal(['--runs', '0'], /whole number from 1 on/));

test('an option without its value is refused, also when another option follows', () => {
  refusal(['--rpc-port'], /--rpc-port needs a number/);
  refusal(['--base-path', '--tmp'], /--base-path needs a folder/);
  refusal(['--base-path='], /--base-path needs a folder/);
});

test('a flag with a value is refused', () => refusal(['--tmp=no'], /--tmp takes no value/));

test('an option given twice is refused', () => refusal(['--tmp', '--tmp'], /--tmp is given twice/));

test('a stray argument is refused where no names are taken', () => refusal(['start'], /Unexpected argument "start"/));

test('only the names that exist are taken, each once', () => {
  const choices = ['unit', 'browser'];
  assert.deepEqual(parseOptions(['browser', 'unit'], table, choices).names, ['browser', 'unit']);
  refusal(['unti'], /nothing called "unti"\. Did you mean unit\?/, choices);
  refusal(['unit', 'unit'], /"unit" is given twice/, choices);
});

test('--help wins over everything that is wrong beside it', () => {
  assert.equal(parseOptions(['--nonsense', '--help'], table).help, true);
  assert.equal(parseOptions(['-h'], table).help, true);
});

test('the help text names each option with its default', () => {
  assert.match(
    describeOptions(table),
    /--rpc-port PORT +JSON-RPC\. \(default: 9944\)\n +--base-path DIR +The folder\.\n/,
  );
});

const wider = {
  model: { type: 'index', help: 'Which model.' },
  reliability: { type: 'fraction', help: 'At least so reliable.' },
  'max-price': { type: 'amount', help: 'At most.' },
  dx: { type: 'list', placeholder: 'ADDRESS', help: 'Where Dx is.' },
  chain: { type: 'url', schemes: ['ws', 'wss'], help: 'The node.' },
  kind: { type: 'choice', choices: ['server', 'browser'], help: 'What runs it.' },
  account: { type: 'text', placeholder: 'NAME', help: 'Whose.' },
  description: { type: 'file', help: 'What it is.' },
} as const;

const widerRefusal = (args: string[], message: RegExp) =>
  assert.throws(() => parseOptions(args, wider), { name: 'UsageError', message });

test('the further types are read as what they are', () => {
  const args = ['--model', '0', '--reliability=0.95', '--max-price', '1.5', '--dx', '/a,/b', '--dx', '/c'];
  const more = ['--chain', 'ws://127.0.0.1:9944', '--kind', 'server', '--account', '//Bob', '--description', 'a.json'];
  assert.deepEqual(parseOptions([...args, ...more], wider).options, {
    model: 0,
    reliability: 0.95,
    'max-price': 1_500_000_000_000n,
    dx: ['/a', '/b', '/c'],
    chain: 'ws://127.0.0.1:9944',
    kind: 'server',
    account: '//Bob',
    description: 'a.json',
  });
  assert.deepEqual(parseOptions([], wider).options, {
    model: undefined,
    reliability: undefined,
    'max-price': undefined,
    dx: [],
    chain: undefined,
    kind: undefined,
    account: undefined,
    description: undefined,
  });
});

test('a malformed value of a further type is refused with what it should be', () => {
  for (const value of ['-1', '1.5', 'one']) widerRefusal(['--model', value], /whole number from 0 on/);
  for (const value of ['-0.1', '1.01', 'all', '1e-3']) widerRefusal(['--reliability', value], /from 0 to 1/);
  for (const value of ['-1', 'much', '1,5', '0.0000000000001']) widerRefusal(['--max-price', value], /amount in AIRO/);
  for (const value of ['127.0.0.1:9944', 'http://127.0.0.1', 'ws:'])
    widerRefusal(['--chain', value], /begins with ws:\/\/ or wss:\/\//);
  widerRefusal(['--kind', 'sever'], /cannot be "sever"\. Did you mean server\?/);
  widerRefusal(['--kind', 'x'], /It can be server, browser\./);
  widerRefusal(['--dx', '/a,,/b'], /empty entry/);
  widerRefusal(['--account'], /--account needs NAME after it/);
  widerRefusal(['--model', '1', '--model', '2'], /given twice/);
});

const order = { name: 'ORDER', help: 'The number of the order.' };
const providers = { name: 'PROVIDER', help: 'An address.', optional: true, many: true };
const placed = (args: string[], positionals = [order, providers]) => parseOptions(args, wider, { positionals });

test('arguments by their place are taken in any number that is allowed', () => {
  assert.deepEqual(placed(['3']).names, ['3']);
  assert.deepEqual(placed(['3', 'a', '--model', '1', 'b', 'a']).names, ['3', 'a', 'b', 'a']);
});

test('a missing, empty or surplus argument is refused by its name', () => {
  assert.throws(() => placed([]), { name: 'UsageError', message: 'ORDER is missing: The number of the order.' });
  assert.throws(() => placed(['']), { name: 'UsageError', message: /ORDER is empty/ });
  assert.throws(() => placed(['3', '4'], [order]), {
    name: 'UsageError',
    message: /Unexpected argument "4" after ORDER/,
  });
  assert.throws(() => placed(['3'], []), { name: 'UsageError', message: 'Unexpected argument "3".' });
});

test('the help text names the values of the further types', () => {
  const text = describeOptions(wider);
  for (const row of [
    '--model N',
    '--reliability PART',
    '--max-price AIRO',
    '--dx ADDRESS',
    '--chain URL',
    '--kind server\\|browser',
  ])
    assert.match(text, new RegExp(`${row} +\\w`));
});
