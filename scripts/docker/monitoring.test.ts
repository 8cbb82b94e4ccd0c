import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';

import { Metrics } from '../../dx/metrics.ts';
import { createDxPeer } from '../../lib/dx/node/peer.ts';
import { startRest } from '../../wingman/testing/rest.ts';
import {
  alertQueries,
  dashboardQueries,
  dashboards,
  exposedMetrics,
  metricsIn,
  prometheusFolder,
} from './monitoring.ts';

test('metrics are told from labels and functions', () => {
  const query = 'sum by (le, wingman_x) (rate(airo_a_bucket{b="substrate_c"}[1m])) / ignoring(status) substrate_d';
  assert.deepEqual(metricsIn(query), ['airo_a_bucket', 'substrate_d']);
});

test('a histogram is exposed as its series', () => {
  const text = '# TYPE a counter\na 1\n# TYPE b histogram\nb_count 1\n';
  assert.deepEqual([...exposedMetrics(text)], ['a', 'b', 'b_bucket', 'b_sum', 'b_count']);
});

test('every metric in a dashboard or an alert is one that Wingman, Dx or the node has', async (t) => {
  const { server } = await startRest(t);
  const peer = await createDxPeer();
  t.after(() => peer.close());
  const known = new Set([
    ...exposedMetrics((await server.inject({ url: '/metrics' })).body),
    ...exposedMetrics(await new Metrics(peer).text()),
    // As the node exposes them; `npm run test:docker` compares the list with a running one.
    ...(await readFile(join(prometheusFolder, 'node-metrics.txt'), 'utf8')).split('\n'),
  ]);
  const unknown = [...(await dashboardQueries()), ...(await alertQueries())].flatMap(({ where, expression }) =>
    metricsIn(expression)
      .filter((name) => !known.has(name))
      .map((name) => `${where}: ${name}`),
  );
  assert.deepEqual(unknown, []);
});

test('every dashboard has a name of its own, panels side by side, and asks Prometheus alone', async () => {
  const all = [...(await dashboards()).values()];
  assert.equal(new Set(all.map(({ uid }) => uid)).size, 3);
  for (const { title, panels } of all) {
    const taken = new Set<string>();
    for (const panel of panels) {
      assert.ok(panel.description.endsWith('.'), `${title}, ${panel.title} says what it shows`);
      assert.ok(panel.targets.length > 0);
      for (const { datasource } of panel.targets) assert.equal(datasource.uid, 'prometheus');
      const { x, y, w, h } = panel.gridPos;
      assert.ok(x + w <= 24);
      for (let column = x; column < x + w; column++) {
        for (let row = y; row < y + h; row++) {
          assert.ok(!taken.has(`${column} ${row}`), `${title}, ${panel.title} covers another panel`);
          taken.add(`${column} ${row}`);
        }
      }
    }
    assert.equal(new Set(panels.map(({ id }) => id)).size, panels.length);
  }
});

test('every alert says how bad it is, what has happened and what to do', async () => {
  const text = await readFile(join(prometheusFolder, 'alerts.yml'), 'utf8');
  const names = [...text.matchAll(/- alert: (\w+)/g)].map(([, name]) => name);
  assert.ok(names.length >= 10);
  assert.equal(new Set(names).size, names.length);
  for (const rule of text.split('- alert: ').slice(1)) {
    assert.match(rule, /severity: (critical|warning|info)/, rule);
    assert.match(rule, /summary: '.+'\n\s+description: '.+\.'/, rule);
  }
});
