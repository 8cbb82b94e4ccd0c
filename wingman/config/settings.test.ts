import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';

import { AIRO } from '../../lib/market/amounts.ts';
import { afterwards } from '../../test/support/cleanup.ts';
import { SqliteJournal } from '../journal/sqlite.ts';
import { parseConfig } from './load.ts';
import type { Change } from './schema.ts';
import { LiveSettings } from './settings.ts';

async function newJournal(t: TestContext): Promise<SqliteJournal> {
  const folder = await mkdtemp(join(tmpdir(), 'airo-settings-'));
  const journal = new SqliteJournal(join(folder, 'journal.sqlite'));
  afterwards(t, () => rm(folder, { recursive: true }));
  afterwards(t, () => journal.close());
  return journal;
}

async function open(journal: SqliteJournal, file: object, said: string[] = []): Promise<LiveSettings> {
  return LiveSettings.open(parseConfig(JSON.stringify(file), 'test.json'), journal, (line) => said.push(line));
}

const configOf = (file: object) => parseConfig(JSON.stringify(file), 'test.json').config;

const fixed = { kind: 'fixed', price: AIRO } as const;

test('a change is effective at once, told to who listens, and kept over a restart', async (t) => {
  const journal = await newJournal(t);
  const settings = await open(journal, { models: [{ model: 1 }] });
  const changes: unknown[] = [];
  settings.onChange((keys) => changes.push(keys));
  await settings.change({ strategy: fixed, capacity: { maxOpen: 3 } });
  assert.deepEqual(changes, [['strategy', 'capacity']]);
  for (const current of [settings, await open(journal, { models: [{ model: 1 }] })]) {
    assert.deepEqual(current.forEngine(), {
      models: [{ model: 1 }],
      strategy: fixed,
      maxOpen: 3,
      maxInFlight: 256,
      utilization: 0.8,
      paused: false,
      dryRun: false,
    });
    assert.deepEqual(
      (['strategy', 'capacity', 'models', 'paused'] as const).map((key) => current.source(key)),
      ['api', 'api', 'file', 'default'],
    );
  }
});

test('a key that is changed in the file wins again, the others keep what came through the API', async (t) => {
  const journal = await newJournal(t);
  const before = { profile: { name: 'before' }, paused: false };
  await (await open(journal, before)).change({ profile: { name: 'by API' }, paused: true });
  const said: string[] = [];
  const settings = await open(journal, { ...before, profile: { name: 'after' } }, said);
  assert.deepEqual([settings.current().profile.name, settings.current().paused], ['after', true]);
  assert.deepEqual([settings.source('profile'), settings.source('paused')], ['file', 'api']);
  assert.equal(said.length, 1);
  assert.match(said[0] ?? '', /^profile: .*dropped: the configuration file was changed since/);
  // It is gone for good, also when the file says again what it said.
  assert.equal((await open(journal, before)).current().profile.name, 'before');
});

test('what is not valid any more is dropped with a line', async (t) => {
  const journal = await newJournal(t);
  await (await open(journal, {})).change({ paused: true });
  const [stored] = journal.settings();
  assert.ok(stored !== undefined);
  await journal.saveSettings([
    { ...stored, value: '"perhaps"' },
    { ...stored, key: 'colour' },
  ]);
  const said: string[] = [];
  assert.equal((await open(journal, {}, said)).current().paused, false);
  assert.match(said.join('\n'), /paused: .*not valid any more/);
  assert.match(said.join('\n'), /colour: .*no such setting any more/);
});

test('changes that come at the same time are all applied', async (t) => {
  const journal = await newJournal(t);
  const settings = await open(journal, {});
  await Promise.all([
    settings.change({ capacity: { maxOpen: 5 } }),
    settings.change({ capacity: { maxInFlight: 6 } }),
    settings.change({ dryRun: true }),
  ]);
  const again = await open(journal, {});
  assert.deepEqual(again.current().capacity, { maxOpen: 5, maxInFlight: 6, utilization: 0.8 });
  assert.equal(again.current().dryRun, true);
});

test('what runs a served model is not exchanged, and nothing else of that change is applied', async (t) => {
  const settings = await open(await newJournal(t), { models: [{ model: 1 }] });
  const change = { models: [{ model: 1, runner: { kind: 'onnx', sessions: 2 } as const }], paused: true };
  await assert.rejects(settings.change(change), { name: 'Conflict', message: /Take the model out first/ });
  assert.equal(settings.current().paused, false);
  await settings.change({ models: [] });
  await settings.change(change);
  assert.equal(settings.current().models[0]?.runner?.kind, 'onnx');
});

test('a model may have a strategy of its own', async (t) => {
  const settings = await open(await newJournal(t), {});
  await settings.change({ models: [{ model: 1, strategy: fixed }, { model: 2 }] });
  assert.deepEqual(settings.forEngine().models, [{ model: 1, strategy: fixed }, { model: 2 }]);
});

test('programs, containers and files are used only as the configuration file names them', async (t) => {
  const journal = await newJournal(t);
  const hook = { command: ['price.sh', '--fast'] };
  const external = (command: string[]): Change['strategy'] => {
    return { kind: 'external', floor: 0n, hook: { command }, timeoutMs: 5_000 };
  };
  const file = { models: [{ model: 1, strategy: { kind: 'external', floor: '0 AIRO', hook } }] };
  const settings = await open(journal, file);
  const forbidden = { name: 'Forbidden', message: /only be named in the configuration file/ };
  await assert.rejects(settings.change({ strategy: external(['price.sh', '--slow']) }), forbidden);
  const { runner: container } = configOf({ runner: { kind: 'container', image: 'any' } });
  await assert.rejects(settings.change({ models: [{ model: 2, runner: container }] }), forbidden);
  const { runner: http } = configOf({ runner: { kind: 'http', url: 'http://host', tokenFile: '/etc/shadow' } });
  await assert.rejects(settings.change({ models: [{ model: 2, runner: http }] }), forbidden);
  assert.equal(settings.current().strategy.kind, 'cost');
  await settings.change({ strategy: external(hook.command) });
  assert.equal(settings.current().strategy.kind, 'external');

  // When the file does not name it any more, what came through the API does not bring it back.
  const said: string[] = [];
  assert.equal((await open(journal, {}, said)).current().strategy.kind, 'cost');
  assert.match(said.join(), /strategy: .*configuration file/);
});
