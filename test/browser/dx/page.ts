/** A page that is a peer of Dx. */
import { createDxPeer, type BrowserPeerOptions, type DxPeer } from '../../../lib/dx/browser.ts';

declare global {
  interface Window {
    join: (options: BrowserPeerOptions) => Promise<string>;
    addresses: () => readonly string[];
    /** The addresses of the peers that it is connected to. */
    connections: () => readonly string[];
    /** Connects straight to another page. */
    meet: (peer: string) => Promise<void>;
    /** How many bytes were given to a peer so far. */
    givenTo: (peer: string) => number;
    /** Uploads bytes that are all the same; returns the key and the holders. */
    upload: (bytes: number, value: number) => Promise<{ key: string; holders: readonly string[] }>;
    /** Downloads, and returns how many bytes there are, and the value of all of them. */
    download: (key: string, timeoutMs?: number) => Promise<{ bytes: number; values: readonly number[] }>;
  }
}

let peer: DxPeer | undefined;
const given = new Map<string, number>();

function joined(): DxPeer {
  if (peer === undefined) throw new Error('The page has not joined.');
  return peer;
}

window.join = async (options) => {
  peer = await createDxPeer(options);
  peer.on('given', ({ peer: to, bytes }) => given.set(to, (given.get(to) ?? 0) + bytes));
  return peer.peerId;
};
window.addresses = () => joined().addresses();
window.connections = () =>
  joined()
    .peers()
    .map(({ address }) => address);
window.meet = (other) => joined().meet(other);
window.givenTo = (other) => given.get(other) ?? 0;
window.upload = (bytes, value) => joined().upload(new Uint8Array(bytes).fill(value));
window.download = async (key, timeoutMs = 30_000) => {
  const data = await joined().download(key, { timeoutMs });
  return { bytes: data.length, values: [...new Set(data)] };
};
