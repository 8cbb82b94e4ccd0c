/** A Wingman whose machine is lost goes on on another one, from a backup. */
import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';

import { readDocument } from '../../scripts/docs/markdown.ts';
import { root } from '../../scripts/lib/paths.ts';
import { run } from '../../scripts/lib/process.ts';
import { waitFor } from '../../scripts/lib/wait.ts';
import { startGatedServer } from '../support/gated-server.ts';
import {
  agreementNow,
  executionsAt,
  fixed,
  inferAll,
  startTestMarket,
  temporaryFolder,
} from '../support/marketplace.ts';

interface Status {
  readonly provider: string;
  readonly dx: { readonly peer: string };
}

test('a backup that a running Wingman was copied to goes on on a new machine, and nothing is answered twice', async (t) => {
  const gate = await startGatedServer(t);
  const { consumer, images, wingman, agree } = await startTestMarket(t);
  const basePath = await temporaryFolder(t);
  const start = { secret: '//Dave', config: { strategy: fixed('0.1 AIRO'), runner: gate.runner } };
  const lost = await wingman({ ...start, basePath });
  const { provider, dx } = await lost.api<Status>('GET', '/v1/status');
  const inputs = images.slice(0, 5);
  const agreement = await agree({ inferences: inputs.length, responseDeadline: 120 });

  // Two are answered before the backup, one after it, and two are never answered by this machine.
  gate.admit(2);
  const inferring = inferAll(t, consumer, agreement.id, inputs);
  await executionsAt(t, lost, 'answered', 2);
  await gate.holds(1);
  const backup = join(await temporaryFolder(t), 'backup');
  const { blocks } = await readDocument('docs/operations.md');
  const documented = blocks.find(({ text }) => text.includes('--backup'))?.text ?? assert.fail('it is documented');
  const command = documented.replace('wingman.json', join(basePath, 'config.json')).replace('wingman-monday', backup);
  const copying = await run('sh', ['-c', command], { cwd: root });
  assert.equal(copying.code, 0, copying.output);
  assert.match(copying.output, /journal\.sqlite: copied to .*They are secret/);
  gate.admit(1);
  await executionsAt(t, lost, 'answered', 3);
  await lost.kill();

  gate.open();
  const restored = await wingman({ ...start, basePath: backup });
  const results = await inferring;
  assert.deepEqual(
    results.map(({ state }) => state),
    inputs.map(() => 'answered'),
  );
  const again = await restored.api<Status>('GET', '/v1/status');
  assert.deepEqual([again.provider, again.dx.peer], [provider, dx.peer], 'it is the same provider, with the same keys');
  const { counts } = await agreementNow(consumer, agreement.id);
  assert.deepEqual(
    { ...counts },
    { requested: 5, answered: 0, delivered: 5, consumerFaults: 0, providerFaults: 0, missed: 0 },
  );
  // What was answered after the backup was taken is learnt from the chain, not answered anew.
  await waitFor(
    async () => {
      const path = `/v1/executions?agreement=${agreement.id}`;
      const { executions } = await restored.api<{ executions: { stage: string }[] }>('GET', path);
      return executions.length === 5 && executions.every(({ stage }) => stage === 'answered');
    },
    { what: 'the journal to have all answers', timeoutMs: 60_000, everyMs: 200, signal: t.signal },
  );
  const next = await agree({ inferences: 1 });
  const [more] = await inferAll(t, consumer, next.id, images.slice(0, 1));
  assert.equal(more?.state, 'answered');
});

test('a base path where no Wingman has run has nothing to back up, and that is said', async (t) => {
  const folder = await temporaryFolder(t);
  const file = join(folder, 'wingman.json');
  await writeFile(file, JSON.stringify({ basePath: 'base' }));
  const args = [join(root, 'wingman', 'main.ts'), '--config', file, '--backup', join(folder, 'copy')];
  const { code, output } = await run(process.execPath, args, { cwd: root });
  assert.equal(code, 1);
  assert.match(output, /has no journal: no Wingman has run there yet/);
});
