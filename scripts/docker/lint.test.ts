import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';

import { root } from '../lib/paths.ts';
import { readInstructions, readStages, targets } from './dockerfile.ts';
import { isPinned, lintDockerfile } from './lint.ts';

const good = `
ARG BASE=docker.io/library/debian:bookworm-slim
FROM \${BASE} AS base
RUN apt-get update && apt-get install -y --no-install-recommends curl \\
 && rm -rf /var/lib/apt/lists/*
USER 1000
HEALTHCHECK --interval=5s CMD ["true"]
ENTRYPOINT ["sleep"]

FROM base AS image
CMD ["1"]
`;
const changed = (from: string | RegExp, to: string) => {
  const text = good.replace(from, to);
  assert.notEqual(text, good);
  return lintDockerfile(text);
};

test('instructions have their continued lines, and comments are none', () => {
  assert.deepEqual(readInstructions('# a\nrun a \\\n  # between\n  && b\n\nCMD ["c"]'), [
    { keyword: 'RUN', rest: 'a && b', line: 2 },
    { keyword: 'CMD', rest: '["c"]', line: 6 },
  ]);
});

test('targets are the stages that nothing else is made from', () => {
  const stages = readStages('FROM a:1 AS x\nFROM b:1 AS y\nCOPY --from=x /f /f\nFROM y\nFROM c:1 AS z');
  assert.deepEqual(
    targets(stages).map(({ name }) => name),
    ['2', 'z'],
  );
});

test('a file as it should be is not complained about', () => assert.deepEqual(lintDockerfile(good), []));

for (const [what, from, to, said] of [
  ['a base without a version', 'debian:bookworm-slim', 'debian', /^3: the base "docker\.io\/library\/debian" has/],
  ['the newest of a base', 'bookworm-slim', 'latest', /neither a tag other than latest/],
  ['root', 'USER 1000', 'USER root', /^6: "image" runs as root/],
  ['root by its number', 'USER 1000', 'USER 0:0', /runs as root/],
  ['no user at all', 'USER 1000\n', '', /runs as root/],
  ['no health check', /HEALTHCHECK.*\n/, '', /has no HEALTHCHECK/],
  ['a health check by a shell', '["true"]', 'true', /HEALTHCHECK of "image" needs the exec form/],
  ['no entry point', /ENTRYPOINT.*\n/, '', /has no ENTRYPOINT/],
  ['a command by a shell', 'CMD ["1"]', 'CMD 1', /CMD of "image" needs the exec form/],
  ['npm before the process', '["sleep"]', '["npm", "start"]', /ENTRYPOINT of "image" goes through npm/],
  ['ADD', 'CMD ["1"]', 'ADD a b', /ADD unpacks/],
  ['a relative folder', 'CMD ["1"]', 'WORKDIR app', /WORKDIR must be absolute/],
  ['npm install', 'CMD ["1"]', 'RUN npm install', /npm ci takes those of the lock file/],
  ['recommended packages', ' --no-install-recommends', '', /needs --no-install-recommends/],
  ["apt's lists", '/var/lib/apt/lists', '/tmp', /lists of apt stay/],
  ['a secret', 'CMD ["1"]', 'ENV API_TOKEN=abc', /a secret in an image is none/],
] as const) {
  test(`${what} is found`, () => assert.match(changed(from, to).join('\n'), said));
}

test('a tag or a digest pins an image, a port of a registry does not', () => {
  assert.ok(isPinned(`debian@sha256:${'0'.repeat(64)}`));
  assert.ok(isPinned('localhost:5000/debian:12'));
  assert.ok(!isPinned('localhost:5000/debian'));
});

for (const [file, expected] of [
  ['docker/Dockerfile', ['node', 'dx', 'wingman', 'cockpit', 'airo', 'node-from-source']],
  ['docker/oip-server/Dockerfile', ['0']],
] as const) {
  test(`${file} is as it should be`, async () => {
    const text = await readFile(join(root, file), 'utf8');
    assert.deepEqual(
      targets(readStages(text)).map(({ name }) => name),
      expected,
    );
    assert.deepEqual(lintDockerfile(text), []);
  });
}
