/** A page that is a peer of Dx. */
import { createDxPeer, type BrowserPeerOptions, type DxPeer } from '../../../lib/dx/browser.ts';

declare global {
  interface Window {
    join: (options: BrowserPeerOptions) => Promise<string>;
    addresses: () => readonly string[];
    /** The addresses of the peers that it is connected to. */
    connections: () => readonly string[];
    /** Uploads bytes that are all the same; returns the key and the holders. */
    upload: (bytes: number, value: number) => Promise<{ key: string; holders: readonly string[] }>;
    /** Downloads, and returns how many bytes there are, and the value of all of them. */
    download: (key: string, timeoutMs?: number) => Promise<{ bytes: number; values: readonly number[] }>;
  }
}

let peer: DxPeer | undefined;

function joined(): DxPeer {
  if (peer === undefined) throw new Error('The page has not joined.');
  return peer;
}

window.join = async (options) => {
  peer = await createDxPeer(options);
  return peer.peerId;
};
window.addresses = () => joined().addresses();
window.connections = () =>
  joined()
    .peers()
    .map(({ address }) => address);
window.upload = (bytes, value) => joined().upload(new Uint8Array(bytes).fill(value));
window.download = async (key, timeoutMs = 30_000) => {
  const data = await joined().download(key, { timeoutMs });
  return { bytes: data.length, values: [...new Set(data)] };
};
