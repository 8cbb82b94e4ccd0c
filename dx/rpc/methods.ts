/** The methods of a Dx server, named and written as those of a Substrate node. */
import { z } from 'zod';

import { TooLarge } from '../../lib/dx/errors.ts';
import { parseContentId } from '../../lib/dx/content-id.ts';
import { fromHex, toHex } from '../../lib/dx/hex.ts';
import { rpcErrorCodes, rpcErrorName } from '../../lib/dx/rpc-errors.ts';
import type { ServedPeer } from '../metrics.ts';
import { codes, method, type Method, type RpcError } from './dispatch.ts';

const key = z.string({ error: 'it must be a content id as text.' });
const data = z.string({ error: 'it must be bytes in hexadecimal after 0x.' }).transform((text, context) => {
  const bytes = fromHex(text);
  if (bytes !== undefined) return bytes;
  context.addIssue({ code: 'custom', message: 'it must be bytes in hexadecimal after 0x, two digits each.' });
  return z.NEVER;
});

/**
 * @param maxBytes the most bytes that one upload or download can have
 */
export function dxMethods(peer: ServedPeer, maxBytes: number): Readonly<Record<string, Method>> {
  const methods: Record<string, Method> = {
    /** `dx_upload(key, data)`: puts data on the network; `key` is its content id. Returns `{key, holders}`. */
    dx_upload: method({ key, data }, async (params, signal) => {
      parseContentId(params.key);
      if (params.data.length > maxBytes) {
        throw new TooLarge(`It has ${params.data.length} bytes; at most ${maxBytes} are taken by JSON-RPC.`);
      }
      return peer.upload(params.data, { key: params.key, signal });
    }),
    /** `dx_download(key)`: returns the data, in hexadecimal after `0x`. */
    dx_download: method({ key }, async (params, signal) => {
      const found = await peer.download(params.key, { maxBytes, signal });
      return toHex(found);
    }),
    /** `dx_peers()`: the connected peers, each with its address and whether it keeps data for others. */
    dx_peers: method({}, () => Promise.resolve(peer.peers())),
    /** `dx_stat()`: what this peer is and holds. */
    dx_stat: method({}, () => Promise.resolve({ ...peer.stat(), addresses: peer.addresses() })),
    rpc_methods: method({}, () => Promise.resolve({ methods: Object.keys(methods).sort() })),
  };
  return methods;
}

/** How what a method throws is answered. What has no name here is nothing that the caller could do something about. */
export function describeError(error: unknown): RpcError {
  const name = rpcErrorName(error);
  if (name === undefined || !(error instanceof Error)) {
    return { code: codes.internalError, message: 'Something went wrong in the server; its log says what.' };
  }
  return { code: rpcErrorCodes[name], message: error.message, data: { name } };
}
