/** The chains that this project defines, and their specifications as files. */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { root } from '../lib/paths.ts';

/** The part of a chain specification that the scripts look at; the rest is carried through untouched. */
export interface ChainSpec {
  readonly name: string;
  readonly id: string;
  readonly chainType: string;
  readonly bootNodes: readonly string[];
  readonly properties: Readonly<Record<string, unknown>>;
  readonly genesis: { readonly raw: { readonly top: Readonly<Record<string, string>> } };
}

/** How a committed specification is made from the runtime. */
export interface SpecRecipe {
  readonly id: string;
  readonly name: string;
  readonly type: 'development' | 'local';
  /** The runtime's genesis preset. */
  readonly preset: string;
}

/** `airo-dev` is one validator on one machine, `airo-local` is four. */
export const specRecipes = {
  'airo-dev': { id: 'airo-dev', name: 'Airo Development', type: 'development', preset: 'development' },
  'airo-local': { id: 'airo-local', name: 'Airo Local', type: 'local', preset: 'local' },
} as const satisfies Record<string, SpecRecipe>;
export type SpecId = keyof typeof specRecipes;

/** What wallets show of AIRO amounts, and the prefix of addresses (42: the generic one of Substrate). */
export const tokenProperties = { ss58Format: 42, tokenDecimals: 12, tokenSymbol: 'AIRO' } as const;

/** The port for peers that the committed specifications name: WebSocket on TCP and webrtc-direct on UDP. */
export const defaultP2pPort = 30333;
export const defaultRpcPort = 9944;
/** The host's default port for Dx: TCP, and WebRTC on UDP. WebSocket is on the next one. */
export const defaultDxPort = 30700;

/**
 * The network key of the development node: 32 bytes that everybody knows, so that its peer id and the certificate hash
 * in its WebRTC address are the same on every machine and can stand in the committed specifications. It protects nothing.
 */
export const developmentNodeKey = '6169726f2d646576656c6f706d656e742d6e6f64652d7368617265642d6b6579';

export const specsFolder = join(root, 'chain', 'specs');

export function specFile(id: SpecId): string {
  return join(specsFolder, `${id}.json`);
}

/** @throws when the file is missing or is not a raw chain specification */
export function readSpec(file: string): ChainSpec {
  const spec = JSON.parse(readFileSync(file, 'utf8')) as Partial<ChainSpec>;
  if (spec.genesis?.raw.top === undefined) throw new Error(`${file} is not a raw chain specification.`);
  return spec as ChainSpec;
}

/** The same chain, reached by other addresses. */
export function withBootNodes(spec: ChainSpec, bootNodes: readonly string[]): ChainSpec {
  return { ...spec, bootNodes };
}

/**
 * Names a chain by its genesis state, whatever addresses and display names its specification has. Two specifications
 * with the same fingerprint can use the same database.
 */
export function fingerprint(spec: ChainSpec): string {
  const top = Object.entries(spec.genesis.raw.top).sort(([a], [b]) => (a < b ? -1 : 1));
  return createHash('sha256')
    .update(JSON.stringify([spec.id, top]))
    .digest('hex');
}
