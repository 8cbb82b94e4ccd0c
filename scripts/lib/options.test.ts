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
