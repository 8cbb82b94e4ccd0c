/**
 * A process with several servers of Dx in it, each with its JSON-RPC, all in memory and on free ports:
 * `node dx-node-swarm-process.ts --count N [--bootstrap MULTIADDR]...`. It takes and says the same as the example `peer`
 * of the crate `chain/dx`, and runs until it is ended.
 */
import { parseArgs } from 'node:util';

import { pino } from 'pino';

import { Metrics } from '../../dx/metrics.ts';
import { startRpc } from '../../dx/rpc/server.ts';
import { createDxPeer } from '../../lib/dx/node/peer.ts';

const maxBytes = 64 * 1024 ** 2;

const { values } = parseArgs({
  options: { count: { type: 'string', default: '1' }, bootstrap: { type: 'string', multiple: true, default: [] } },
});
const log = pino({ enabled: false });
const servers = [...values.bootstrap];
const peers = [];
// One after the other: each joins through the given peers and the first one.
for (let i = 0; i < Number(values.count); i++) {
  const peer = await createDxPeer({ server: true, listen: ['/ip4/127.0.0.1/tcp/0'], servers, keep: {} });
  const rpc = await startRpc({ peer, metrics: new Metrics(peer), host: '127.0.0.1', port: 0, maxBytes, log });
  const addresses = peer.addresses();
  if (i === 0) servers.push(...addresses);
  peers.push({ peerId: peer.peerId, rpcUrl: rpc.url, addresses });
}
console.log(JSON.stringify({ peers }));
