/** Building the images, and how large they are. */
import { mkdir, mkdtemp, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { root } from '../lib/paths.ts';
import { run } from '../lib/process.ts';
import { onShutdown } from '../lib/shutdown.ts';
import { prometheusFolder } from './monitoring.ts';
import { makeDebian, succeed, type Engine } from './engine.ts';

type Say = (line: string) => void;

/** The images by the targets of docker/Dockerfile, with the tags that compose.yaml asks for. */
export const images: Readonly<Record<string, string>> = {
  node: 'airo-node:local',
  dx: 'airo-dx:local',
  wingman: 'airo-wingman:local',
  cockpit: 'airo-cockpit:local',
  airo: 'airo:local',
};

const modelServer = 'airo-oip-server:local';

export interface BuiltImage {
  readonly image: string;
  readonly bytes: number;
  readonly seconds: number;
}

/** Builds every image, as a user would but for the target that compiles the node. */
export async function buildImages(engine: Engine, only: readonly string[], say: Say): Promise<readonly BuiltImage[]> {
  await makeDebian(engine, say);
  const built: BuiltImage[] = [];
  const build = async (image: string, ...args: readonly string[]) => {
    say(`Building ${image} ...`);
    const began = performance.now();
    await engine.run('build', ...engine.buildArguments, ...args, '--tag', image, root);
    const seconds = (performance.now() - began) / 1000;
    const bytes = Number(await engine.run('image', 'inspect', '--format', '{{.Size}}', image));
    say(`  ${(bytes / 1e6).toFixed(0)} MB, in ${seconds.toFixed(0)} s`);
    built.push({ image, bytes, seconds });
  };
  for (const [target, image] of Object.entries(images)) {
    if (only.length > 0 && !only.includes(target)) continue;
    await build(image, '--file', join(root, 'docker', 'Dockerfile'), '--target', target);
  }
  if (only.length === 0 || only.includes('oip-server')) {
    await build(modelServer, '--file', join(root, 'docker', 'oip-server', 'Dockerfile'));
  }
  return built;
}

/**
 * An image of Prometheus: the published one where it can be pulled, else one made of Debian's package, which is older.
 *
 * @returns its name, or `undefined` when neither can be had
 */
export async function prometheusImage(engine: Engine, published: string, say: Say): Promise<string | undefined> {
  if (engine.name === 'docker') return published;
  const image = 'localhost/airo-prometheus:debian';
  if ((await engine.run('images', '--quiet', image)).trim() !== '') return image;
  const folder = await mkdtemp(join(tmpdir(), 'airo-prometheus-'));
  const unregister = onShutdown(() => rm(folder, { recursive: true, force: true }));
  try {
    say('Making an image of Prometheus from Debian’s package ...');
    const { code, output } = await run('apt-get', ['download', 'prometheus'], { cwd: folder });
    if (code !== 0) {
      say(`Debian's package of Prometheus cannot be had: ${output}`);
      return undefined;
    }
    const [file = ''] = await readdir(folder);
    await succeed('dpkg-deb', ['--extract', join(folder, file), join(folder, 'package')]);
    const context = join(folder, 'context');
    await mkdir(context);
    for (const name of ['prometheus', 'promtool']) {
      await rename(join(folder, 'package', 'usr', 'bin', name), join(context, name));
    }
    await writeFile(
      join(context, 'Dockerfile'),
      [
        'FROM docker.io/library/debian:bookworm-slim',
        'COPY prometheus promtool /bin/',
        'RUN install -d -o nobody -g nogroup /prometheus',
        'USER nobody',
        'ENTRYPOINT ["/bin/prometheus"]',
        '',
      ].join('\n'),
    );
    await engine.run('build', ...engine.buildArguments, '--tag', image, context);
    return image;
  } finally {
    unregister();
    await rm(folder, { recursive: true, force: true });
  }
}

/** Lets Prometheus' own tool judge configuration and rules, and run the tests of the rules. */
export async function checkPrometheus(engine: Engine, image: string, say: Say): Promise<void> {
  const promtool = ['--network', 'none', '--volume', `${prometheusFolder}:/etc/prometheus:ro`, '--workdir'];
  for (const args of [
    ['check', 'config', 'prometheus.yml'],
    ['test', 'rules', 'alerts.test.yml'],
  ]) {
    const output = await engine.run(
      'run',
      '--rm',
      ...promtool,
      '/etc/prometheus',
      '--entrypoint',
      'promtool',
      image,
      ...args,
    );
    say(`promtool ${args.join(' ')}:`);
    for (const line of output.split('\n').filter((text) => text.trim() !== '')) say(`  ${line.trim()}`);
  }
}
