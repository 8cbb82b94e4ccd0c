/** Networks of Dx for measuring: many peers of one kind, ten in a process. */
import { join } from 'node:path';

import { cargo } from '../../scripts/chain/cargo.ts';
import { cargoTargetFolder } from '../../scripts/lib/paths.ts';
import { startSwarm, type Swarm, type SwarmPeer } from '../../test/support/dx-node-swarm.ts';

/** Which implementation a network consists of; that of the node runs without a chain around it. */
export type Kind = 'node' | 'TypeScript';

export const kinds: readonly Kind[] = ['node', 'TypeScript'];

export interface Network extends AsyncDisposable {
  /** In the order in which they were started. */
  readonly peers: readonly SwarmPeer[];
  /** Their processes; the peers of the first come first. */
  readonly swarms: readonly Swarm[];
}

const perProcess = 10;
/** As the node itself is built. */
const profile = 'host';

/**
 * Starts networks of either kind; the node's peer is built first, with the node's own settings for the compiler.
 *
 * @param say receives what is being done
 */
export async function prepareNetworks(
  say: (line: string) => void,
): Promise<(kind: Kind, count: number) => Promise<Network>> {
  say('building the peer of the node');
  const args = ['build', '--locked', '--profile', profile, '-p', 'airo-dx', '--example', 'peer'];
  await cargo(args, { onLine: () => undefined });
  const executable = join(cargoTargetFolder(), profile, 'examples', 'peer');
  return (kind, count) => startNetwork(count, kind === 'node' ? executable : undefined);
}

async function startNetwork(count: number, executable: string | undefined): Promise<Network> {
  await using started = new AsyncDisposableStack();
  const swarms: Swarm[] = [];
  for (let left = count; left > 0; left -= perProcess) {
    // Each process knows the first peer of each one before.
    const bootstrap = swarms.flatMap(({ peers }) => peers.slice(0, 1).map(({ address }) => address));
    const options = { count: Math.min(left, perProcess), bootstrap };
    swarms.push(started.use(await startSwarm(executable === undefined ? options : { ...options, executable })));
  }
  const running = started.move();
  return {
    peers: swarms.flatMap(({ peers }) => peers),
    swarms,
    [Symbol.asyncDispose]: () => running.disposeAsync(),
  };
}
