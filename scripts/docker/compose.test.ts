import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { test } from 'node:test';

import { parse } from 'yaml';

import { parseConfig } from '../../wingman/config/load.ts';
import { developmentNodeKey } from '../chain/specs.ts';
import { root } from '../lib/paths.ts';
import { composeFile, hostFile, lintCompose, parseCompose, readCompose, startOrder } from './compose.ts';
import { readStages, targets } from './dockerfile.ts';

const good = `
x-all: &all
  restart: always
  cap_drop: [ALL]
  security_opt: ['no-new-privileges:true']
services:
  a: { <<: *all, image: 'a:1', ports: ['127.0.0.1:1:1'], volumes: ['data:/data'] }
  b:
    <<: *all
    image: \${B:-b:1}
    build: { context: ., dockerfile: D, target: b }
    depends_on: { a: { condition: service_started } }
volumes: { data: }
`;
const lint = (text: string) => lintCompose(parseCompose(text), ['b']).join('\n');

test('variables have their defaults, and merged parts are there', () => {
  const { services } = parseCompose(good);
  assert.equal(services.b?.image, 'b:1');
  assert.equal(services.b.restart, 'always');
});

test('a compose file as it should be is not complained about', () => assert.equal(lint(good), ''));

for (const [what, from, to, said] of [
  ['an image without a version', "'a:1'", 'a', /a: the image "a" has neither/],
  ['a target that is not there', 'target: b', 'target: c', /b: there is no target "c"/],
  ['a port for everybody', '127.0.0.1:1:1', '1:1', /a: others can reach port 1:1/],
  ['capabilities', 'cap_drop: [ALL]', 'cap_drop: []', /a: it keeps capabilities\nb: it keeps/],
  ['privileges', "'no-new-privileges:true'", '', /a: it may gain privileges/],
  ['a service that stays away', 'restart: always', '', /a: it does not come back/],
  ['a service that is not there', '{ a: {', '{ c: {', /b: there is no service "c"/],
  ['a volume that is not there', 'data:/data', 'other:/data', /a: there is no volume "other"/],
] as const) {
  test(`${what} is found`, () => {
    assert.ok(good.includes(from));
    assert.match(lint(good.replace(from, to)), said);
  });
}

test('services start behind those that they wait for, and circles are refused', () => {
  assert.deepEqual(startOrder(parseCompose(good.replace('services:', 'services:\n  0: { depends_on: { b: } }'))), [
    ...['a', 'b', '0'],
  ]);
  const circle = { services: { a: { image: '', depends_on: { a: { condition: '' } } } } };
  assert.throws(() => startOrder(circle), /a waits for a/);
});

test('the environment is as it should be, and what it mounts is there', async () => {
  const compose = await readCompose();
  const stages = readStages(await readFile(join(root, 'docker', 'Dockerfile'), 'utf8'));
  assert.deepEqual(
    lintCompose(
      compose,
      targets(stages).map(({ name }) => name),
    ),
    [],
  );
  for (const { volumes = [], build } of Object.values(compose.services)) {
    for (const source of volumes.map((volume) => volume.split(':')[0] ?? '').filter((path) => path.startsWith('.'))) {
      assert.ok(existsSync(join(dirname(composeFile), source)), source);
    }
    if (build !== undefined) assert.ok(existsSync(join(dirname(composeFile), build.context, build.dockerfile)));
  }
});

test('the chain has the well-known key of the development node, with a bridge and without', async () => {
  for (const file of [composeFile, hostFile]) {
    const { services } = await readCompose(file);
    assert.ok(services.chain?.command?.includes(`--node-key=${developmentNodeKey}`), file);
  }
});

test('without a bridge every service is on the host, and finds all that others ask for by name', async () => {
  const { services } = await readCompose();
  const host = (await readCompose(hostFile)).services;
  assert.deepEqual(Object.keys(host).sort(), Object.keys(services).sort());
  const grafana = join('docker', 'grafana', 'provisioning', 'datasources', 'prometheus.yml');
  const files = [composeFile, join(root, scrapes), join(root, grafana)];
  const texts = await Promise.all(files.map((file) => readFile(file, 'utf8')));
  const text = texts.join('').replace(/^ *image:.*$/gm, '');
  const asked = Object.keys(services).filter((name) => new RegExp(`[/'"]${name}:\\d`).test(text));
  assert.deepEqual(asked, ['chain', 'dx', 'wingman-dave', 'wingman-eve', 'prometheus']);
  for (const { network_mode: mode, extra_hosts: names = [] } of Object.values(host)) {
    assert.equal(mode, 'host');
    for (const name of asked) assert.ok(names.includes(`${name}:127.0.0.1`), name);
  }
  assert.ok(
    !host.chain?.command?.some((option) => /external|0\.0\.0\.0/.test(option)),
    'it listens on this machine alone',
  );
});

const scrapes = join('docker', 'prometheus', 'prometheus.yml');

test('Prometheus asks every service that has metrics, at a port that it publishes', async () => {
  const { services } = await readCompose();
  const config = parse(await readFile(join(root, scrapes), 'utf8')) as {
    scrape_configs: { job_name: string; static_configs: { targets: string[] }[] }[];
  };
  const asked = config.scrape_configs.flatMap(({ static_configs: some }) => some.flatMap(({ targets: all }) => all));
  assert.deepEqual(asked, ['chain:9615', 'dx:9960', 'wingman-dave:8420', 'wingman-eve:8421', '127.0.0.1:9090']);
  for (const [name = '', port = ''] of asked.slice(1, 4).map((target) => target.split(':'))) {
    assert.ok(services[name]?.ports?.includes(`127.0.0.1:${port}:${port}`), name);
  }
});

test('the Wingmen of the environment have configurations that Wingman takes', async () => {
  const folder = join(root, 'docker', 'wingmen');
  const { services } = await readCompose();
  for (const name of await readdir(folder)) {
    const file = join(folder, name);
    const { config } = parseConfig(await readFile(file, 'utf8'), file);
    const service = services[`wingman-${name.replace('.json', '')}`];
    assert.ok(service?.command?.includes(`/wingmen/${name}`));
    assert.ok(service?.ports?.includes(`127.0.0.1:${config.api.port}:${config.api.port}`));
  }
});
