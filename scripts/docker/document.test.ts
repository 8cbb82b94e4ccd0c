import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';

import { understand } from '../../cli/run.ts';
import { root } from '../lib/paths.ts';
import { readCompose } from './compose.ts';
import { readStages, targets } from './dockerfile.ts';

const read = (file: string) => readFile(join(root, file), 'utf8');
/** The commands in the blocks of a document, with continued lines put together. */
const commandsIn = (text: string) =>
  [...text.matchAll(/^```sh\n([\s\S]*?)^```/gm)].flatMap(([, block = '']) =>
    block
      .replace(/\\\n\s*/g, '')
      .split('\n')
      .filter((line) => line !== ''),
  );

test('docs/docker.md names every image, and every port that is published', async () => {
  const text = await read(join('docs', 'docker.md'));
  const { services } = await readCompose();
  for (const port of Object.values(services).flatMap(({ ports = [] }) => ports)) {
    const number = /:(\d+)(\/udp)?$/.exec(port)?.[1] ?? port;
    assert.ok(text.includes(number), port);
  }
  for (const { name } of targets(readStages(await read(join('docker', 'Dockerfile'))))) {
    assert.ok(text.includes(`\`${name}\``), name);
  }
});

test('the commands in docs/docker.md name files, services and targets that there are', async () => {
  const { services } = await readCompose();
  const names = targets(readStages(await read(join('docker', 'Dockerfile')))).map(({ name }) => name);
  const commands = commandsIn(await read(join('docs', 'docker.md')));
  assert.ok(commands.length >= 8);
  for (const command of commands) {
    for (const [, file = ''] of command.matchAll(/ -f (\S+)/g)) assert.ok(existsSync(join(root, file)), command);
    const target = /--target (\S+)/.exec(command)?.[1];
    assert.ok(target === undefined || names.includes(target), command);
    const service = /(?:run --rm|exec|logs --follow) (\S+)/.exec(command)?.[1];
    assert.ok(service === undefined || services[service] !== undefined, command);
  }
});

test('the purchase in docs/docker.md and compose.yaml is one that the command line understands', async () => {
  for (const file of [join('docs', 'docker.md'), join('docker', 'compose.yaml')]) {
    const text = (await read(file)).replace(/\\\n[#\s]*/g, '');
    const purchase = /run --rm airo (infer .+)$/m.exec(text)?.[1]?.split(' ') ?? [];
    const request = understand(purchase);
    assert.equal(request.kind, 'command');
    assert.ok(request.args.length > 0);
    for (const image of request.args) assert.ok(existsSync(join(root, image)), image);
  }
});
