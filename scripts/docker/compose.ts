/** The compose files in docker/, and what they must be like. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

import { parse } from 'yaml';

import { root } from '../lib/paths.ts';
import { isPinned } from './lint.ts';

export const composeFile = join(root, 'docker', 'compose.yaml');
export const hostFile = join(root, 'docker', 'compose.host.yaml');

export interface Service {
  readonly image: string;
  readonly build?: { readonly context: string; readonly dockerfile: string; readonly target: string };
  readonly command?: readonly string[];
  readonly ports?: readonly string[];
  readonly volumes?: readonly string[];
  readonly depends_on?: Readonly<Record<string, { readonly condition: string }>>;
  readonly cap_drop?: readonly string[];
  readonly security_opt?: readonly string[];
  readonly restart?: string;
  readonly profiles?: readonly string[];
  readonly network_mode?: string;
  readonly extra_hosts?: readonly string[];
  readonly healthcheck?: { readonly test: readonly string[] };
}

export interface Compose {
  readonly services: Readonly<Record<string, Service>>;
  readonly volumes?: Readonly<Record<string, unknown>>;
}

/** Reads a compose file; variables have their defaults. */
export async function readCompose(file = composeFile): Promise<Compose> {
  return parseCompose(await readFile(file, 'utf8'));
}

export function parseCompose(text: string): Compose {
  const filled = text.replace(/\$\{\w+(?::-([^}]*))?\}/g, (_, value: string | undefined) => value ?? '');
  return parse(filled, { merge: true }) as Compose;
}

/**
 * The services that run, each behind those it depends on.
 *
 * @throws when two of them wait for each other
 */
export function startOrder({ services }: Compose): readonly string[] {
  const order: string[] = [];
  const visit = (name: string, waiting: readonly string[]) => {
    if (order.includes(name)) return;
    if (waiting.includes(name)) throw new Error(`${[...waiting, name].join(' waits for ')}.`);
    for (const other of Object.keys(services[name]?.depends_on ?? {})) visit(other, [...waiting, name]);
    order.push(name);
  };
  for (const [name, { profiles }] of Object.entries(services)) if (profiles === undefined) visit(name, []);
  return order;
}

/**
 * What is wrong with a compose file.
 *
 * @param targets the targets of docker/Dockerfile
 */
export function lintCompose({ services, volumes = {} }: Compose, targets: readonly string[]): readonly string[] {
  return Object.entries(services).flatMap(([name, service]) => {
    const { image, build, ports = [], depends_on: dependencies = {} } = service;
    const findings = [
      ...(isPinned(image) ? [] : [`the image "${image}" has neither a tag other than latest nor a digest`]),
      ...(build === undefined || targets.includes(build.target) ? [] : [`there is no target "${build.target}"`]),
      ...ports.filter((port) => !port.startsWith('127.0.0.1:')).map((port) => `others can reach port ${port}`),
      ...(service.cap_drop?.includes('ALL') === true ? [] : ['it keeps capabilities']),
      ...(service.security_opt?.includes('no-new-privileges:true') === true ? [] : ['it may gain privileges']),
      ...(service.restart === undefined && service.profiles === undefined ? ['it does not come back'] : []),
      ...Object.keys(dependencies)
        .filter((other) => services[other] === undefined)
        .map((other) => `there is no service "${other}"`),
      ...(service.volumes ?? [])
        .map((volume) => volume.split(':')[0] ?? '')
        .filter((source) => !source.startsWith('.') && !(source in volumes))
        .map((source) => `there is no volume "${source}"`),
    ];
    return findings.map((finding) => `${name}: ${finding}`);
  });
}
