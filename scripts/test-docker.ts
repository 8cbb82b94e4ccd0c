/** `npm run test:docker`: the images are built, and the environment made of them is started and used. */
import { join } from 'node:path';

import { composeFile, hostFile, lintCompose, readCompose } from './docker/compose.ts';
import { readStages, targets } from './docker/dockerfile.ts';
import { findEngine } from './docker/engine.ts';
import { buildImages, checkPrometheus, images, prometheusImage } from './docker/images.ts';
import { lintDockerfile } from './docker/lint.ts';
import { main } from './lib/main.ts';
import { describeOptions, parseOptions } from './lib/options.ts';
import { root } from './lib/paths.ts';
import { start } from './lib/process.ts';
import { readFile } from 'node:fs/promises';

const parts = ['lint', 'images', 'prometheus', 'environment'] as const;
const table = {
  image: {
    type: 'list',
    placeholder: 'TARGET',
    help: `Build only these: ${Object.keys(images).join(', ')}, oip-server.`,
  },
} as const;

const help = `Builds all images by Docker, or by podman where there is none; checks the configuration of Prometheus; starts the
environment of docker/compose.yaml, buys inferences in it, reads its metrics, stops it and leaves nothing but the images.

npm run test:docker -- [PART...] [OPTION...]

The parts are ${parts.join(', ')}; by default all of them.

${describeOptions(table)}

Podman is set up as root on Debian: base images are made from Debian's packages, and the environment gets a network
namespace of its own, in which its containers find each other without a bridge. docs/docker.md says what does not run then.`;

await main('npm run test:docker', async () => {
  const { options, names, help: wantsHelp } = parseOptions(process.argv.slice(2), table, parts);
  if (wantsHelp) {
    console.log(help);
    return 0;
  }
  const wanted = (part: (typeof parts)[number]) => names.length === 0 || names.includes(part);
  const say = (line: string) => console.log(line);
  if (wanted('lint') && !(await lint(say))) return 1;
  if (names.length === 1 && wanted('lint')) return 0;
  const engine = await findEngine({}, say);
  say(`The engine is ${engine.name}.`);
  if (wanted('images')) await buildImages(engine, options.image, say);
  if (!wanted('prometheus') && !wanted('environment')) return 0;
  const { services } = await readCompose();
  const prometheus = await prometheusImage(engine, services.prometheus?.image ?? '', say);
  if (prometheus === undefined) say('NOT RUN: Prometheus, because there is no image of it.');
  else if (wanted('prometheus')) await checkPrometheus(engine, prometheus, say);
  if (!wanted('environment')) return 0;
  const script = [process.execPath, join(root, 'scripts', 'docker', 'environment.ts'), prometheus ?? ''];
  // Containers that share the network of the host would share its ports with whatever runs there.
  const isolated = ['unshare', '--net', 'sh', '-c', 'ip link set lo up && exec "$@"', 'sh'];
  const [command = '', ...args] = engine.sharesNetwork ? [...isolated, ...script] : script;
  const { ended } = await start(command, args, { onLine: say });
  const { code } = await ended;
  if (code !== 0) return code;
  if (engine.name === 'podman') {
    say('NOT RUN: the published images of Node, Debian, Prometheus and Grafana; Grafana itself; bridge networks.');
  }
  say('The images are built, and the environment works.');
  return 0;
});

/** Whether nothing is wrong with the Dockerfiles and the compose files. */
async function lint(say: (line: string) => void): Promise<boolean> {
  const files = ['docker/Dockerfile', 'docker/oip-server/Dockerfile'];
  const findings: string[] = [];
  for (const file of files) {
    const text = await readFile(join(root, file), 'utf8');
    findings.push(...lintDockerfile(text).map((finding) => `${file}:${finding}`));
  }
  const stages = readStages(await readFile(join(root, 'docker', 'Dockerfile'), 'utf8'));
  const names = targets(stages).map(({ name }) => name);
  findings.push(...lintCompose(await readCompose(), names).map((finding) => `${composeFile}: ${finding}`));
  await readCompose(hostFile);
  findings.forEach(say);
  if (findings.length === 0) say(`Nothing is wrong with ${files.length} Dockerfiles and the compose files.`);
  return findings.length === 0;
}
