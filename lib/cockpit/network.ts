/** Which network the Cockpit was served for: `network.json` beside the app, and the chain's specification. */
import { z } from 'zod';

import { InvalidNetwork } from './errors.ts';
import type { NetworkInfo } from './types.ts';

/** A network with what is needed to reach it. */
export interface Network {
  readonly info: NetworkInfo;
  /** The chain's specification as it was served. */
  readonly chainSpec: string;
  /** Tells networks apart in what is kept in this browser. */
  readonly id: string;
  readonly dx: { readonly servers: readonly string[]; readonly stun: readonly string[] };
}

const networkSchema = z.strictObject({
  name: z.string().min(1),
  chainSpec: z.string().min(1),
  dx: z
    .strictObject({
      servers: z.array(z.string().regex(/^\/.+/, 'an address like /ip4/... or /dns4/... is wanted')).default([]),
      stun: z.array(z.string().regex(/^stuns?:.+/, 'stun:HOST:PORT is wanted')).default([]),
    })
    .default({ servers: [], stun: [] }),
});

/** As much of a chain's specification as is used here. */
const specSchema = z.looseObject({
  name: z.string(),
  id: z.string(),
  chainType: z.unknown(),
  bootNodes: z.array(z.string()).default([]),
  properties: z.looseObject({ ss58Format: z.int().min(0).max(16_383).default(42) }).nullish(),
  genesis: z.unknown(),
});

const fetchTimeoutMs = 15_000;
/** A name that is not known is a part of its problem, and may be of any length. */
const longestProblem = 500;

/**
 * Fetches and checks the configuration.
 *
 * @param url where `network.json` is; that of the specification is relative to it
 * @throws {InvalidNetwork} when something is missing or wrong, with what
 */
export async function fetchNetwork(url: string | URL, signal: AbortSignal): Promise<Network> {
  const where = new URL(url, globalThis.location.href);
  const text = await fetchText(where, signal);
  const config = parse(networkSchema, text, where);
  let specUrl: URL;
  try {
    specUrl = new URL(config.chainSpec, where);
  } catch (error) {
    throw new InvalidNetwork(`${where.pathname}: chainSpec is no address of a file.`, { cause: error });
  }
  const chainSpec = await fetchText(specUrl, signal);
  return readNetwork(config, chainSpec, specUrl);
}

/**
 * Reads a network from its configuration and the text of its chain's specification.
 *
 * @throws {InvalidNetwork} when the specification is none
 */
export async function readNetwork(
  config: z.output<typeof networkSchema>,
  chainSpec: string,
  specUrl: URL,
): Promise<Network> {
  const spec = parse(specSchema, chainSpec, specUrl);
  const isDevelopment = spec.chainType === 'Development' || spec.chainType === 'Local';
  // Development chains begin anew with the same genesis; a new node has a new address, and old data must not come back.
  const identity = JSON.stringify([spec.id, spec.genesis, isDevelopment ? spec.bootNodes : null]);
  const hash = new Uint8Array(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(identity)));
  return {
    info: {
      name: config.name,
      isDevelopment,
      chainName: spec.name,
      addressPrefix: spec.properties?.ss58Format ?? 42,
      bootNodes: spec.bootNodes,
      dxServers: config.dx.servers,
    },
    chainSpec,
    id: Array.from(hash.subarray(0, 8), (byte) => byte.toString(16).padStart(2, '0')).join(''),
    dx: config.dx,
  };
}

/** Reads the text of `network.json`. @throws {InvalidNetwork} with what is wrong */
export function parseNetworkConfig(text: string, where: URL): z.output<typeof networkSchema> {
  return parse(networkSchema, text, where);
}

function parse<T>(schema: z.ZodType<T>, text: string, where: URL): T {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new InvalidNetwork(`${where.pathname} is no JSON. Serve the app with the right file.`, { cause: error });
  }
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  const place = issue === undefined || issue.path.length === 0 ? 'It' : issue.path.join('.');
  const problem = issue?.message.slice(0, longestProblem) ?? 'something else is wanted';
  throw new InvalidNetwork(`${where.pathname} is wrong. ${place}: ${problem}`);
}

async function fetchText(url: URL, signal: AbortSignal): Promise<string> {
  let response: Response;
  try {
    response = await fetch(url, { signal: AbortSignal.any([signal, AbortSignal.timeout(fetchTimeoutMs)]) });
  } catch (error) {
    signal.throwIfAborted();
    throw new InvalidNetwork(`${url.pathname} could not be fetched. Check the connection and try again.`, {
      cause: error,
    });
  }
  if (!response.ok) {
    throw new InvalidNetwork(`${url.pathname} could not be fetched: the server answers ${response.status}.`);
  }
  return response.text();
}
