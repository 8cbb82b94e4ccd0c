/** A page that is a peer of Dx, and tells what it has downloaded by the hash of it. */
import { createDxPeer, type BrowserPeerOptions, type DxPeer } from '../../../lib/dx/browser.ts';
import { noise } from './data.ts';

declare global {
  interface Window {
    joinNode: (options: BrowserPeerOptions) => Promise<void>;
    /** Uploads the noise of this size and seed. */
    uploadNoise: (bytes: number, seed: number) => Promise<{ key: string; holders: readonly string[] }>;
    /** Downloads; returns the SHA-256 in hexadecimal, or the name of the error. */
    downloadHash: (key: string, timeoutMs?: number) => Promise<string>;
    /** The bytes that have come of what is being downloaded. */
    downloaded: number;
  }
}

let peer: DxPeer | undefined;

function joined(): DxPeer {
  if (peer === undefined) throw new Error('The page has not joined.');
  return peer;
}

window.joinNode = async (options) => {
  peer = await createDxPeer(options);
};
window.uploadNoise = (bytes, seed) => joined().upload(noise(bytes, seed));
window.downloadHash = async (key, timeoutMs = 60_000) => {
  window.downloaded = 0;
  try {
    const onProgress = ({ bytes }: { readonly bytes: number }) => {
      window.downloaded = bytes;
    };
    const data = await joined().download(key, { timeoutMs, onProgress });
    const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', new Uint8Array(data)));
    return [...digest].map((byte) => byte.toString(16).padStart(2, '0')).join('');
  } catch (error) {
    return error instanceof Error ? error.name : String(error);
  }
};
