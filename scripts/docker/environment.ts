/**
 * The environment of docker/compose.yaml, started, used and stopped. It runs as a process of its own, because with podman
 * it has a network to itself: `node environment.ts IMAGE_OF_PROMETHEUS`.
 */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

import { main } from '../lib/main.ts';
import { root } from '../lib/paths.ts';
import { onShutdown } from '../lib/shutdown.ts';
import { waitFor } from '../lib/wait.ts';
import { readCompose, startOrder } from './compose.ts';
import { findEngine, project, type Engine } from './engine.ts';
import { alertQueries, dashboardQueries, exposedMetrics, prometheusFolder } from './monitoring.ts';

const digits = join('public', 'models', 'resnet-mnist', 'test-images');
/** Prometheus asks every ten seconds, and a rate needs two answers. */
const scrapedMs = 60_000;
const beganAt = performance.now();
/** The services that have ended as they should, whose logs were shown. */
const reported = new Set<string>();

function say(line: string): void {
  console.log(`${((performance.now() - beganAt) / 1000).toFixed(1).padStart(6)} s  ${line}`);
}

await main('npm run test:docker', async () => {
  const [image = ''] = process.argv.slice(2);
  const engine = await findEngine(image === '' ? {} : { PROMETHEUS_IMAGE: image }, say);
  // What an earlier run has left would be found instead of what is to be tested.
  await remove(engine);
  onShutdown(() => remove(engine));
  const services = startOrder(await readCompose()).filter(
    (name) => engine.name === 'docker' || (name !== 'grafana' && (name !== 'prometheus' || image !== '')),
  );
  try {
    await startAll(engine, services);
    await checkCockpit();
    await buy(engine);
    if (services.includes('prometheus')) await checkMetrics();
    await compareNodeMetrics();
    await stopAll(engine, services);
  } catch (error) {
    for (const name of services) {
      const lines = await lastLines(engine, name).catch(() => undefined);
      if (lines !== undefined) say(`The last lines of ${name}:\n${lines}`);
    }
    throw error;
  }
  await remove(engine);
  say('everything is stopped and removed');
  return 0;
});

/** Starts the services in the order of compose.yaml, each when those it waits for are as far as it says. */
async function startAll(engine: Engine, services: readonly string[]): Promise<void> {
  const compose = await readCompose();
  for (const name of services) {
    for (const [other, { condition }] of Object.entries(compose.services[name]?.depends_on ?? {})) {
      if (condition === 'service_healthy') await healthy(engine, other);
      if (condition === 'service_completed_successfully') await completed(engine, other);
    }
    await engine.compose('up', '--detach', '--no-build', '--no-deps', name);
    say(`${name} is started`);
  }
  for (const name of services.filter((service) => service !== 'setup')) await healthy(engine, name);
  for (const port of [8420, 8421]) {
    await waitFor(() => answers(`http://127.0.0.1:${port}/readyz`), {
      ...{ what: `the Wingman on port ${port}`, timeoutMs: 120_000, everyMs: 500 },
    });
  }
  say('both Wingmen have fetched the model, measured it and offer it');
}

async function answers(url: string): Promise<boolean> {
  const answer = await fetch(url, { signal: AbortSignal.timeout(10_000) }).catch(() => undefined);
  return answer?.ok === true;
}

/** The container of a service: compose files name them in two ways. */
async function container(engine: Engine, service: string): Promise<string> {
  const names = (await engine.run('ps', '--all', '--format', '{{.Names}}')).split('\n');
  const found = names.find((name) => [`${project}_${service}_1`, `${project}-${service}-1`].includes(name.trim()));
  if (found === undefined) throw new Error(`There is no container of ${service}.`);
  return found.trim();
}

/** Runs the health check of a service's image in its container until it is content. */
async function healthy(engine: Engine, service: string): Promise<void> {
  const name = await container(engine, service);
  const { services } = await readCompose();
  const ofImage = await engine.run('inspect', '--format', '{{json .Config.Healthcheck}}', name);
  const test =
    (JSON.parse(ofImage) as { Test?: readonly string[] } | null)?.Test ?? services[service]?.healthcheck?.test;
  if (test?.[0] !== 'CMD' && test?.[0] !== 'CMD-SHELL') throw new Error(`${service} has no health check: ${ofImage}`);
  const command = test[0] === 'CMD' ? test.slice(1) : ['sh', '-c', ...test.slice(1)];
  const check = () => engine.run('exec', name, ...command);
  await waitFor(
    async () => {
      const running = await engine.run('inspect', '--format', '{{.State.Running}}', name);
      if (running.trim() !== 'true') throw new Error(`${service} has ended:\n${await lastLines(engine, service)}`);
      return check().then(
        () => true,
        () => undefined,
      );
    },
    { what: `${service} to be healthy`, timeoutMs: 120_000, everyMs: 500 },
  );
  say(`${service} is healthy`);
}

async function completed(engine: Engine, service: string): Promise<void> {
  if (reported.has(service)) return;
  const name = await container(engine, service);
  const status = Number(await engine.run('wait', name));
  const log = await lastLines(engine, service);
  if (status !== 0) throw new Error(`${service} ended with status ${status}:\n${log}`);
  for (const line of log.split('\n')) say(`${service}: ${line}`);
  reported.add(service);
}

async function lastLines(engine: Engine, service: string): Promise<string> {
  return engine.run('logs', '--tail', '30', await container(engine, service)).catch(String);
}

/** The site, its headers, and what it says of the network. */
async function checkCockpit(): Promise<void> {
  const url = 'http://127.0.0.1:3000/';
  const page = await fetch(url);
  for (const [header, expected] of [
    ['content-security-policy', /default-src 'none'|default-src 'self'/],
    ['cross-origin-opener-policy', /same-origin/],
    ['cross-origin-embedder-policy', /require-corp/],
  ] as const) {
    expect(expected.test(page.headers.get(header) ?? ''), `the Cockpit sends ${header}`);
  }
  expect((await page.text()).includes('<html'), 'the Cockpit is a page');
  const { dx } = (await (await fetch(`${url}network.json`)).json()) as { dx: { servers: string[]; stun: string[] } };
  const { bootNodes } = (await (await fetch(`${url}chain-spec.json`)).json()) as { bootNodes: string[] };
  for (const address of [...dx.servers, ...bootNodes]) {
    expect(address.startsWith('/ip4/127.0.0.1/'), `${address} is one for browsers of this machine`);
  }
  expect(dx.servers.length === 2 && bootNodes.length === 2, 'the Cockpit knows two Dx peers and two boot addresses');
  say(`the Cockpit answers, and knows ${bootNodes.length} addresses of the chain and ${dx.servers.length} of Dx`);
}

interface Bought {
  readonly order: number;
  readonly agreements: readonly {
    readonly provider: string;
    readonly settlement: Readonly<Record<string, string>>;
    readonly results: readonly {
      readonly label: string;
      readonly state: string;
      readonly paid: string;
      readonly classes: readonly { readonly label: string; readonly probability: number }[];
    }[];
  }[];
}

/** Buys inferences by the command line, in a container as well. */
async function buy(engine: Engine): Promise<void> {
  const names = (await readdir(join(root, digits))).filter((name) => /^[37]-.*\.png$/.test(name)).sort();
  const chosen = ['3', '7'].map((digit) => names.find((name) => name.startsWith(digit)) ?? '');
  say(`a consumer orders inferences on ${chosen.join(' and ')}`);
  const output = await engine.compose(
    ...['run', '--rm', '-T', '--no-deps', 'airo', 'infer', '--model', '0', '--max-price', '0.5'],
    ...['--dev-account', 'ferdie', '--json', ...chosen.map((name) => join(digits, name))],
  );
  const document = JSON.parse(output.slice(output.indexOf('\n{') + 1, output.lastIndexOf('}') + 1)) as Bought;
  const [agreement] = document.agreements;
  if (agreement === undefined) throw new Error(`Nothing was bought:\n${output}`);
  for (const { label, state, classes, paid } of agreement.results) {
    const [best] = classes;
    say(
      `  ${label}: ${state}, a ${best?.label ?? '?'} (${((best?.probability ?? 0) * 100).toFixed(1)} %), ${paid} paid`,
    );
    expect(state === 'answered' && best?.label === /(\d)-/.exec(label)?.[1], `${label} is recognized`);
  }
  expect(agreement.results.length === chosen.length, 'there is a result for each image');
  say(`  by ${agreement.provider}: ${JSON.stringify(agreement.settlement)}`);
}

interface PrometheusAnswer<T> {
  readonly status: string;
  readonly error?: string;
  readonly data: T;
}

async function prometheus<T>(path: string): Promise<T> {
  const answer = await fetch(`http://127.0.0.1:9090/api/v1/${path}`, { signal: AbortSignal.timeout(10_000) });
  const { status, error, data } = (await answer.json()) as PrometheusAnswer<T>;
  if (status !== 'success') throw new Error(`Prometheus, ${path}: ${error ?? status}`);
  return data;
}

/** All targets are up, every query of a dashboard or an alert is one, and nothing is alarming. */
async function checkMetrics(): Promise<void> {
  const targets = await waitFor(
    async () => {
      const { activeTargets } = await prometheus<{
        activeTargets: readonly { labels: Readonly<Record<string, string>>; health: string; lastError: string }[];
      }>('targets?state=active');
      return activeTargets.every(({ health }) => health === 'up') ? activeTargets : undefined;
    },
    { what: "all of Prometheus' targets", timeoutMs: scrapedMs, everyMs: 1_000 },
  );
  say(`Prometheus collects from ${targets.map(({ labels }) => labels.instance).join(', ')}`);
  const count = async (expression: string) => {
    const { result } = await prometheus<{ result: readonly unknown[] }>(
      `query?query=${encodeURIComponent(expression)}`,
    );
    return result.length;
  };
  await waitFor(async () => (await count('sum(wingman_executions_total{outcome="answered"}) >= 2')) > 0, {
    ...{ what: 'the answers in the metrics of the Wingmen', timeoutMs: scrapedMs, everyMs: 1_000 },
  });
  const empty: string[] = [];
  const queries = await dashboardQueries();
  for (const { where, expression } of queries) if ((await count(expression)) === 0) empty.push(where);
  say(`${queries.length} queries of dashboards are understood; ${queries.length - empty.length} have data`);
  if (empty.length > 0) say(`  without data in such a short time: ${[...new Set(empty)].join('; ')}`);
  for (const { expression } of await alertQueries()) await count(expression);
  const { groups } = await prometheus<{
    groups: readonly { rules: readonly { name: string; health: string; state: string; lastError?: string }[] }[];
  }>('rules?type=alert');
  const rules = groups.flatMap((group) => group.rules);
  for (const { name, health, lastError } of rules) expect(health !== 'err', `${name}: ${lastError ?? health}`);
  const firing = rules.filter(({ state }) => state === 'firing').map(({ name }) => name);
  expect(firing.length === 0, `no alert fires, but ${firing.join(', ')}`);
  say(`${rules.length} alerts are loaded, and none fires`);
}

/** The committed names of the node's metrics are what a unit test checks dashboards against. */
async function compareNodeMetrics(): Promise<void> {
  const file = join(prometheusFolder, 'node-metrics.txt');
  const listed = (await readFile(file, 'utf8')).split('\n').filter((name) => name !== '');
  const live = exposedMetrics(await (await fetch('http://127.0.0.1:9615/metrics')).text());
  const missing = listed.filter((name) => !live.has(name));
  expect(missing.length === 0, `the node has all metrics of ${file}, but not ${missing.join(', ')}`);
  say(`the node exposes the ${listed.length} metrics that are listed`);
}

/** Everything ends in order when it is told to, within the time that it has. */
async function stopAll(engine: Engine, services: readonly string[]): Promise<void> {
  for (const service of services.filter((name) => name !== 'setup').reverse()) {
    const name = await container(engine, service);
    const began = performance.now();
    await engine.run('stop', '--time', '30', name);
    const seconds = (performance.now() - began) / 1000;
    const status = Number(await engine.run('inspect', '--format', '{{.State.ExitCode}}', name));
    say(`${service} stopped in ${seconds.toFixed(1)} s with status ${status}`);
    expect(status === 0, `${service} ends with status 0 at SIGTERM:\n${await lastLines(engine, service)}`);
  }
}

/** Removes containers and volumes of this project, whoever left them. */
async function remove(engine: Engine): Promise<void> {
  const ours = async (...args: readonly string[]) => {
    const names = (await engine.run(...args)).split('\n').map((name) => name.trim());
    return names.filter((name) => name.startsWith(project));
  };
  const containers = () => ours('ps', '--all', '--format', '{{.Names}}');
  // podman-compose would leave the volumes that have no name.
  for (const name of await containers()) await engine.run('rm', '--force', '--volumes', name);
  for (const name of await ours('volume', 'ls', '--format', '{{.Name}}')) await engine.run('volume', 'rm', name);
  if (engine.name === 'docker') await engine.compose('down');
  const left = await containers();
  if (left.length > 0) throw new Error(`These containers are left: ${left.join(', ')}`);
}

/** @throws when something is not as it should be */
function expect(isTrue: boolean, what: string): void {
  if (!isTrue) throw new Error(`It should be that ${what}`);
}
