/** What the kinds of connection are called, and what each means. */
import type { ConnectionKind, DxStatus } from '../../lib/cockpit/types.ts';
import type { Tone } from '../ui/badge.tsx';

export const kindWords: Readonly<Record<ConnectionKind, { readonly name: string; readonly meaning: string }>> = {
  'webrtc-direct': { name: 'WebRTC direct', meaning: 'straight to a server, without domain or certificate' },
  webrtc: { name: 'WebRTC', meaning: 'tab to tab; a relay only introduced them' },
  relayed: { name: 'Relayed', meaning: 'through a relay, which carries the encrypted bytes' },
  websocket: { name: 'WebSocket', meaning: 'to a server with a domain' },
  webtransport: { name: 'WebTransport', meaning: 'straight to a server, by QUIC' },
  other: { name: 'Other', meaning: 'in another way' },
};

/** The kinds in the order of the legend. */
export const kinds = Object.keys(kindWords) as ConnectionKind[];

type ServerState = DxStatus['servers'][number]['state'];

export const serverWords: Readonly<Record<ServerState, { readonly name: string; readonly tone: Tone }>> = {
  connecting: { name: 'Connecting', tone: 'neutral' },
  connected: { name: 'Connected', tone: 'good' },
  lost: { name: 'Lost', tone: 'warn' },
  unreachable: { name: 'Unreachable', tone: 'bad' },
};

export const dxSentences: Readonly<Record<DxStatus['phase'], string>> = {
  idle: 'This tab has not joined Dx.',
  loading: 'Loading the peer.',
  connecting: 'Joining through a server.',
  ready: 'This tab is a peer of its own: it finds, fetches, keeps and serves encrypted bytes.',
  lost: 'No server is connected. They are tried again by themselves.',
  failed: 'This tab cannot join Dx.',
};
