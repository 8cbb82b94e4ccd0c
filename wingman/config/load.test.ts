import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';

import { AIRO } from '../../lib/market/amounts.ts';
import { ConfigInvalid } from '../errors.ts';
import { configText } from './effective.ts';
import { exampleConfig } from './example.ts';
import { loadConfig, parseConfig } from './load.ts';
import { changeSchema, configSchema } from './schema.ts';

/** Checks that a configuration is refused with exactly these lines. */
function refused(config: unknown, ...lines: RegExp[]): void {
  const text = typeof config === 'string' ? config : JSON.stringify(config);
  assert.throws(
    () => parseConfig(text, 'test.json'),
    (error: unknown) => {
      assert.ok(error instanceof ConfigInvalid, String(error));
      assert.equal(error.problems.length, lines.length, error.message);
      lines.forEach((line, index) => assert.match(error.problems[index] ?? '', line));
      assert.match(error.message, /^test\.json cannot be used:/);
      return true;
    },
  );
}

test('an empty configuration has defaults that keep to this machine', () => {
  const { config, named } = parseConfig('{}', 'test.json');
  assert.equal(config.api.host, '127.0.0.1');
  assert.deepEqual(config.chain.urls, ['ws://127.0.0.1:9944']);
  assert.equal(config.stake, 100n * AIRO);
  assert.equal(config.paused, false);
  assert.deepEqual(config.strategy, { kind: 'cost', pricePerHour: AIRO, margin: 0.2, floor: 0n });
  assert.equal(named.size, 0);
});

test('amounts are read exactly, and written as they were read', () => {
  const text = { strategy: { kind: 'fixed', price: '0.123456789012 AIRO' } };
  const { config, named } = parseConfig(JSON.stringify(text), 'test.json');
  assert.deepEqual(config.strategy, { kind: 'fixed', price: 123_456_789_012n });
  assert.deepEqual(configText(config).strategy, text.strategy);
  assert.deepEqual([...named], ['strategy']);
});

test('what is written is read again as the same', () => {
  const { config } = parseConfig(exampleConfig(), 'test.json');
  assert.deepEqual(configSchema.parse(JSON.parse(JSON.stringify(configText(config)))), config);
});

test('comments are allowed, and text that looks like one is kept', () => {
  const text = '{ // the chain\n "chain": { "urls": ["ws://node//x" /* here */] } }';
  assert.deepEqual(parseConfig(text, 'test.json').config.chain.urls, ['ws://node//x']);
});

const wrong: [string, unknown, ...RegExp[]][] = [
  ['text that is no JSON', '{ "chain": }', /It is no JSON: .*line 1|It is no JSON: Unexpected/],
  ['something else than an object', '[]', /expected object/],
  ['an unknown key', { modles: [] }, /^There is no "modles"\. Did you mean "models"\?$/],
  ['an unknown key far from all', { zzzzzzzz: 1 }, /^There is no "zzzzzzzz"\. Known here: .*models/],
  ['an unknown key further in', { api: { hots: 'x' } }, /^api: There is no "hots"\. Did you mean "host"\?$/],
  ['two unknown keys', { prot: 1, paws: 2 }, /There is no "prot"\..* There is no "paws"\./],
  [
    'an unknown key of a strategy',
    { strategy: { kind: 'fixed', prize: '1 AIRO' } },
    /^strategy\.price: /,
    /^strategy: There is no "prize"\. Did you mean "price"\?$/,
  ],
  ['an unknown strategy', { strategy: { kind: 'random' } }, /^strategy\.kind: must have a "kind": fixed, cost/],
  ['a strategy without its kind', { strategy: { price: '1 AIRO' } }, /^strategy\.kind: must have a "kind"/],
  ['a price of nothing', { strategy: { kind: 'fixed', price: '0 AIRO' } }, /^strategy\.price: must be more than 0/],
  ['an amount with a comma', { stake: '1,5 AIRO' }, /^stake: "1,5 AIRO" is not an amount/],
  ['an amount as a number', { stake: 100 }, /^stake: .*expected string/],
  ['an amount in another unit', { stake: '100 DOT' }, /^stake: "100 DOT" is not an amount/],
  ['a negative amount', { stake: '-1 AIRO' }, /^stake: "-1 AIRO" is not an amount/],
  ['too many decimals', { stake: '0.0000000000001 AIRO' }, /^stake: .*at most 12 decimals/],
  [
    'an address of the chain by HTTP',
    { chain: { urls: ['http://127.0.0.1'] } },
    /^chain\.urls\[0\]: .*ws:\/\/ or wss:/,
  ],
  ['a port out of range', { api: { port: 70_000 } }, /^api\.port: .*65535/],
  ['a port as text', { api: { port: '80' } }, /^api\.port: .*expected number/],
  ['a model twice', { models: [{ model: 1 }, { model: 1 }] }, /^models\[1\]\.model: model 1 is listed twice$/],
  ['a model by name', { models: [{ model: 'resnet' }] }, /^models\[0\]\.model: .*expected number/],
  ['an unknown runner', { runner: { kind: 'gpu' } }, /^runner\.kind: must have a "kind": onnx, http or container/],
  ['a runner without its address', { runner: { kind: 'http' } }, /^runner\.url: /],
  ['an address with a password', { runner: { kind: 'http', url: 'http://me:pw@host' } }, /^runner\.url: .*password/],
  ['no capacity', { capacity: { maxOpen: 0 } }, /^capacity\.maxOpen: /],
  ['a utilization of nothing', { capacity: { utilization: 0 } }, /^capacity\.utilization: /],
  ['a name that is too long', { profile: { name: 'ä'.repeat(33) } }, /^profile\.name: .*64 bytes/],
  [
    'a secret in the file',
    { account: { secret: '//Alice' } },
    /^account: There is no "secret"\. Known here: secretFile/,
  ],
  ['a provider that is no address', { account: { provider: '0x00' } }, /^account\.provider: .*SS58/],
  ['a bootstrap address that is none', { dx: { bootstrap: ['host:80'] } }, /^dx\.bootstrap\[0\]: .*multiaddress/],
  ['an undercutting step of all', { strategy: { kind: 'undercut', floor: '0 AIRO', step: 1 } }, /^strategy\.step: /],
  [
    'a hook that is neither program nor address',
    { strategy: { kind: 'external', floor: '0 AIRO', hook: 'script.sh' } },
    /^strategy\.hook: must be \{"command"/,
  ],
  [
    'a hook without a program',
    { strategy: { kind: 'external', floor: '0 AIRO', hook: { command: [] } } },
    /^strategy\.hook\.command: must name a program$/,
  ],
  ['an unknown log level', { log: { level: 'loud' } }, /^log\.level: /],
];
for (const [what, config, ...lines] of wrong) {
  test(`a configuration with ${what} is refused`, () => refused(config, ...lines));
}

test('everything that is wrong is named at once', () => {
  refused({ stake: 'x', api: { port: -1 }, dx: { bootstrap: 'x' } }, /^stake: /, /^dx\.bootstrap: /, /^api\.port: /);
});

test('relative paths are relative to the file, and a file that is not there is named', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'airo-wingman-'));
  t.after(() => rm(folder, { recursive: true }));
  const file = join(folder, 'wingman.json');
  await writeFile(file, JSON.stringify({ basePath: 'data', account: { secretFile: './secret' } }));
  const { config, basePath } = loadConfig(file);
  assert.equal(basePath, join(folder, 'data'));
  assert.equal(config.account.secretFile, join(folder, 'secret'));
  assert.throws(
    () => loadConfig(join(folder, 'none.json')),
    /none\.json cannot be used:\n {2}It cannot be read: ENOENT/,
  );
});

test('the base path is in the data folder unless told otherwise', () => {
  const { basePath } = parseConfig('{}', 'test.json');
  assert.ok(basePath.endsWith(join('airo', 'wingman')));
  if (process.env.XDG_DATA_HOME === undefined) assert.ok(basePath.startsWith(homedir()));
});

test('the example configuration is valid, explains every key, and shows the defaults', () => {
  const text = exampleConfig();
  const { config } = parseConfig(text, 'example.json');
  for (const key of Object.keys(configSchema.shape).filter((name) => name !== '$schema')) {
    assert.match(text, new RegExp(`"${key}":`));
  }
  assert.match(text, /undercut \(floor, start, step\): Just below the best bid of somebody else\./);
  const defaults = parseConfig('{}', 'example.json').config;
  for (const key of ['chain', 'stake', 'strategy', 'capacity', 'api', 'cache', 'shutdownGraceMs'] as const) {
    assert.deepEqual(config[key], defaults[key], key);
  }
});

test('a change names only what can be changed while Wingman runs', () => {
  assert.deepEqual(changeSchema.parse({}), {});
  assert.deepEqual(changeSchema.parse({ capacity: { maxOpen: 3 } }), { capacity: { maxOpen: 3 } });
  const { error } = changeSchema.safeParse({ stake: '1 AIRO' });
  assert.match(error?.issues[0]?.message ?? '', /There is no "stake"/);
});
