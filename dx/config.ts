/** The configuration of a Dx server: its defaults, its limits, and what each part means. */
import { multiaddr } from '@multiformats/multiaddr';
import { z } from 'zod';

import { defaultLimits } from '../lib/dx/store-policy.ts';

const port = z.int().min(0).max(65_535);
const MiB = 1024 ** 2;
const GiB = 1024 ** 3;

/** An address with the peer id at its end: without it nobody can tell whether it is the right peer that answers. */
const peerAddress = z.string().refine(isPeerAddress, {
  error: ({ input }) => `"${String(input)}" is no address of a peer: /ip4/HOST/tcp/PORT/p2p/ID is one.`,
});

export const defaultPorts = { rpc: 9960, tcp: 30_600, ws: 30_601, webrtc: 30_600, stun: 3478 } as const;

/** Ports can be 0, which means any free one. */
export const configSchema = z.strictObject({
  /** Keeps the server's key, its certificate and the data. Without it everything is in memory. */
  basePath: z.string().optional(),
  /** The address on which peers are listened to; `0.0.0.0` for all. */
  host: z.union([z.ipv4(), z.ipv6()]).default('127.0.0.1'),
  /** The address on which JSON-RPC is listened to. */
  rpcHost: z.union([z.ipv4(), z.ipv6()]).default('127.0.0.1'),
  rpcPort: port.default(defaultPorts.rpc),
  /** For peers on servers. */
  tcpPort: port.default(defaultPorts.tcp),
  /** For browsers by WebSocket, and for peers. */
  wsPort: port.default(defaultPorts.ws),
  /** For browsers by WebRTC, on UDP. */
  webrtcPort: port.default(defaultPorts.webrtc),
  /** For STUN, on UDP. */
  stunPort: port.default(defaultPorts.stun),
  /** Addresses of other servers of the network. */
  bootstrap: z.array(peerAddress).default([]),
  /** Addresses that others are told instead of those that are listened on. */
  announce: z.array(z.string().startsWith('/')).default([]),
  /** JSON-RPC of a node of the chain, `ws://...`: what the chain refers to is kept. */
  chain: z.url({ protocol: /^wss?$/ }).optional(),
  /** The most bytes of data that the chain does not refer to, and for how long it is kept. */
  strangerBytes: z.int().min(0).default(defaultLimits.strangerBytes),
  strangerMs: z.int().min(0).default(defaultLimits.strangerMs),
  totalBytes: z.int().min(0).default(defaultLimits.totalBytes),
  /** The most bytes that one upload or download by JSON-RPC can have. */
  rpcMaxBytes: z
    .int()
    .min(1)
    .max(GiB / 4)
    .default(64 * MiB),
  /** How often old data is removed, and the chain asked what it refers to. */
  collectMs: z.int().min(10).default(10_000),
});

export type DxConfig = z.infer<typeof configSchema>;

function isPeerAddress(text: string): boolean {
  try {
    return multiaddr(text).getComponents().at(-1)?.name === 'p2p';
  } catch {
    return false;
  }
}
