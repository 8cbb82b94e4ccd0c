/** What docs/operations.md says of processes, by processes: their metrics, their log, and how they end. */
import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';

import { readDocument } from '../../scripts/docs/markdown.ts';
import { run } from '../../scripts/lib/process.ts';
import { within } from '../../scripts/lib/wait.ts';
import { isAlive } from '../support/alive.ts';
import { startGatedServer } from '../support/gated-server.ts';
import { executionsAt, fixed, inferAll, startTestMarket, temporaryFolder } from '../support/marketplace.ts';
import { descendants } from '../support/processes.ts';

const { text, blocks } = await readDocument('docs/operations.md');

interface Metric {
  readonly name: string;
  readonly type: string;
}

/** The metrics that a process exports, without those that every program of Node has. */
async function exported(url: string): Promise<readonly Metric[]> {
  const page = await (await fetch(`${url}/metrics`)).text();
  return [...page.matchAll(/^# TYPE (\S+) (\S+)$/gm)]
    .map(([, name = '', type = '']) => ({ name, type }))
    .filter(({ name }) => !/^(wingman|airo_dx)_(process|nodejs)_/.test(name))
    .sort(byName);
}

/** The metrics in the tables of the document whose names begin so: `| name | type | labels | what it is |`. */
function documented(prefix: string): readonly Metric[] {
  return [...text.matchAll(/^\| `(\w+)` +\| (\w+) +\|/gm)]
    .map(([, name = '', type = '']) => ({ name, type }))
    .filter(({ name }) => name.startsWith(prefix))
    .sort(byName);
}

function byName(a: Metric, b: Metric): number {
  return a.name < b.name ? -1 : 1;
}

test('metrics and log are as documented, and on SIGTERM each process finishes and ends with status 0', async (t) => {
  const gate = await startGatedServer(t);
  const { market, consumer, images, wingman, agree } = await startTestMarket(t);
  const config = { strategy: fixed('0.1 AIRO'), runner: gate.runner, api: { openMetrics: true } };
  const served = await wingman({ secret: '//Dave', config });
  const agreement = await agree({ inferences: 2, responseDeadline: 60 });
  gate.admit(1);
  const inferring = inferAll(t, consumer, agreement.id, images.slice(0, 2));
  await executionsAt(t, served, 'answered', 1);
  await gate.holds(1);

  const [dx] = market.dx;
  assert.ok(dx !== undefined);
  const wingmans = documented('wingman_');
  assert.ok(wingmans.length > 10, 'the document has a table of metrics of Wingman');
  assert.deepEqual(await exported(served.url), wingmans);
  assert.deepEqual(await exported(dx.rpcUrl), documented('airo_dx_'));
  const counted = await (await fetch(`${dx.rpcUrl}/metrics`)).text();
  assert.match(counted, /^airo_dx_received_blocks_total [1-9]/m, 'payloads and the model have come to the server');

  process.kill(served.pid, 'SIGTERM');
  gate.open();
  const { code } = await within(served.ended, { what: 'the Wingman to end', timeoutMs: 90_000 });
  assert.equal(code, 0, served.log());
  const results = await inferring;
  assert.deepEqual(
    results.map(({ state }) => state),
    ['answered', 'answered'],
  );

  // Each line about an order, an agreement or a request can be found by its numbers.
  const lines = served
    .log()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>);
  assert.equal(lines.at(-1)?.msg, 'Wingman has stopped');
  const { id, order } = agreement;
  const said = (message: string) => lines.filter(({ msg }) => msg === message);
  assert.deepEqual(
    said('bid at 0.1 AIRO is on the chain').map((line) => line.order),
    [order],
  );
  assert.deepEqual(
    said('an agreement: 2 inferences at 0.1 AIRO').map((line) => [line.order, line.agreement]),
    [[order, id]],
  );
  const folder = await temporaryFolder(t);
  await writeFile(join(folder, 'wingman.log'), served.log());
  const search = blocks.find((block) => block.text.startsWith('grep'))?.text ?? assert.fail('a search is documented');
  assert.equal(order, 0, 'the order that the document searches for');
  const { output } = await run('sh', ['-c', search], { cwd: folder });
  const found = output.split('\n').map((line) => (JSON.parse(line) as { msg: string }).msg);
  assert.deepEqual(found.filter((msg) => msg === 'answered').length, 2);
  assert.ok(found[0]?.startsWith('bid at'), output);
  for (const result of results) {
    assert.ok(result.state === 'answered');
    const [line] = said('answered').filter(({ request }) => request === result.index);
    assert.deepEqual(
      [line?.order, line?.agreement, line?.payload, line?.result],
      [order, id, result.payload, result.result],
    );
  }

  for (const [what, { pid, ended }] of [
    ['the Dx server', dx],
    ['the node', market.node],
  ] as const) {
    const pids = [pid, ...descendants(pid)];
    process.kill(pid, 'SIGTERM');
    const { code: status } = await within(ended, { what: `${what} to end`, timeoutMs: 60_000 });
    assert.equal(status, 0, what);
    assert.deepEqual(pids.filter(isAlive), [], what);
  }
});
