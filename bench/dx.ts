/** How fast Dx is with many peers, and what it loses when half of them die. */
import { churn, predictedLoss } from '../test/support/dx-node-churn.ts';
import { measureHelia } from './dx/helia.ts';
import { kinds, prepareNetworks, type Kind, type Network } from './dx/network.ts';
import { lookupBytes, measureTransfer, transferBytes } from './dx/transfer.ts';
import { Series, type Benchmark } from './measure.ts';

const counts = [5, 20, 50];
/** In the experiment with the deaths. */
const peers = 20;
const uploads = 200;
const uploadBytes = 20_000;
const replicaNumbers = [2, 3];

export const dx: Benchmark = {
  about: 'Dx with 5, 20 and 50 peers, of the node and in TypeScript, beside plain Helia',
  runs: 3,
  run: async (runs, say) => {
    const start = await prepareNetworks(say);
    const speed = new Series('MB/s');
    const times = new Series('ms');
    const losses = new Series('%');
    for (let run = 1; run <= runs; run++) {
      say(`run ${run} of ${runs}: Helia`);
      const helia = await measureHelia();
      speed.add('Helia, 2 peers: download', helia.download);
      times.add('Helia, 2 peers: a block', helia.blockMs);
      for (const count of counts) {
        for (const kind of kinds) {
          say(`run ${run} of ${runs}: ${count} peers, ${kind}`);
          await using network = await start(kind, count);
          const { upload, download, rpcUpload, rpcDownload, lookupMs } = await measureTransfer(network);
          const name = `${kind}, ${count} peers`;
          speed.add(`${name}: upload`, upload);
          speed.add(`${name}: download`, download);
          speed.add(`${name}: upload by JSON-RPC`, rpcUpload);
          speed.add(`${name}: download by JSON-RPC`, rpcDownload);
          for (const ms of lookupMs) times.add(`${name}: lookup`, ms);
        }
      }
      for (const kind of kinds) {
        for (const replicas of replicaNumbers) {
          say(`run ${run} of ${runs}: half of ${peers} peers die, ${kind}, ${replicas} replicas`);
          await using network = await start(kind, peers);
          await measureLoss(losses, kind, network, replicas);
        }
      }
    }
    return {
      measured: [...speed.measured(), ...times.measured(), ...losses.measured()],
      remarks: [
        `Throughput is that of ${transferBytes / 1e6} MB of random data; an upload ends when 2 peers hold it.`,
        'Upload and download are those of a TypeScript peer that joins a network of the named kind: for a download by a ' +
          'single peer that does not have the data. By JSON-RPC the peers of the network do it themselves.',
        `A lookup is the download of ${lookupBytes} bytes by a peer that has just come and knows one other, which does ` +
          'not have them.',
        `Loss is the part of ${uploads} uploads that cannot be had any more when 10 of ${peers} peers die at once. With ` +
          `2 replicas ${percent(predictedLoss(peers, peers / 2, 2))} % are predicted, with 3 ` +
          `${percent(predictedLoss(peers, peers / 2, 3))} %; "missed" had a living holder and was not found.`,
        'All peers share the machine, ten in a process; those of the node run without a chain.',
      ],
    };
  },
};

async function measureLoss(series: Series, kind: Kind, network: Network, replicas: number): Promise<void> {
  const [dying] = network.swarms;
  if (dying?.peers.length !== peers / 2) throw new RangeError('Half of the peers are in the first process.');
  const churned = await churn({
    peers: network.peers,
    dying: new Set(dying.peers.map(({ peerId }) => peerId)),
    kill: () => dying.kill(),
    uploads,
    bytes: uploadBytes,
    replicas,
  });
  const part = (isIt: (upload: (typeof churned)[number]) => boolean) =>
    (100 * churned.filter(isIt).length) / churned.length;
  const name = `${kind}, ${replicas} replicas`;
  series.add(
    `${name}: lost`,
    part(({ found }) => !found),
  );
  series.add(
    `${name}: without a living holder`,
    part(({ survives }) => !survives),
  );
  series.add(
    `${name}: missed`,
    part(({ survives, found }) => survives && !found),
  );
}

function percent(part: number): string {
  return (100 * part).toFixed(1);
}
