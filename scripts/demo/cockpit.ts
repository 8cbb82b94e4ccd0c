/** The Cockpit for a market on this machine. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { startApp, type RunningApp, type StartAppOptions } from '../app/start.ts';
import { withBootNodes } from '../chain/specs.ts';
import type { Marketplace } from './marketplace.ts';

/** What the Cockpit reads to find a market. */
export interface NetworkFiles {
  readonly network: string;
  readonly chainSpec: string;
}

/** Where a chain and its Dx are; without storers these are the Dx servers alone. */
export type Reachable = Pick<Marketplace, 'node' | 'dx'> & Partial<Pick<Marketplace, 'storers'>>;

/** The market as a page can only reach it by WebRTC, as one of an https origin must. */
export function reachedByWebRtc({ node, dx }: Reachable): Reachable {
  return { dx, node: { ...node, spec: withBootNodes(node.spec, [node.webrtcAddress]) } };
}

/** Writes what the Cockpit needs to find a market; Dx is reached by WebRTC, so that it works from pages of any origin. */
async function writeNetworkFiles(market: Reachable, folder: string): Promise<NetworkFiles> {
  const files = { network: join(folder, 'network.json'), chainSpec: join(folder, 'chain-spec.json') };
  const { name } = market.node.spec;
  const dx = {
    servers: (market.storers ?? market.dx).map(({ webrtcAddress }) => webrtcAddress),
    stun: market.dx.map(({ stun }) => stun),
  };
  await writeFile(files.network, `${JSON.stringify({ name, chainSpec: './chain-spec.json', dx }, null, 2)}\n`);
  await writeFile(files.chainSpec, JSON.stringify(market.node.spec));
  return files;
}

/** Builds the Cockpit if it has changed, and serves it for a market, whose addresses it writes into the folder. */
export async function startCockpit(
  market: Reachable,
  folder: string,
  options: Omit<StartAppOptions, 'network' | 'chainSpec'> = {},
): Promise<RunningApp> {
  return startApp({ ...options, ...(await writeNetworkFiles(market, folder)) });
}
