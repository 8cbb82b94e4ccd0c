/** A process with a peer of Helia that has a file and a small block: what Dx is compared with. */
import { unixfs } from '@helia/unixfs';
import { fixedSize } from 'ipfs-unixfs-importer/chunker';

import { randomData } from '../../test/support/dx.ts';
import { startHelia } from './helia.ts';

const [bytes = 0, smallBytes = 0] = process.argv.slice(2).map(Number);
const helia = await startHelia(['/ip4/127.0.0.1/tcp/0']);
const files = unixfs(helia);
// As Dx does it.
const form = { cidVersion: 1, rawLeaves: true, chunker: fixedSize({ chunkSize: 1024 ** 2 }) } as const;
const file = await files.addBytes(randomData(bytes), form);
const small = await files.addBytes(randomData(smallBytes), form);
const [address] = helia.libp2p.getMultiaddrs();
console.log(JSON.stringify({ address: String(address), file: file.toString(), small: small.toString() }));
