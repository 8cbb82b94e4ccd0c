'use client';
/** Dx as this tab sees it. */
import { useCockpit, useObservable } from '../cockpit.tsx';
import { Badge, type Tone } from '../ui/badge.tsx';
import { formatBytes, formatCount } from '../ui/format.ts';
import { Muted, Readout, Readouts, Section } from '../ui/layout.tsx';
import { ProblemNotice } from '../ui/notice.tsx';
import { dxSentences } from './connection-words.ts';
import { PeerMap } from './peer-map.tsx';
import { PeerTable } from './peer-table.tsx';
import { ServerList } from './server-list.tsx';
import { OwnPeer } from './own-peer.tsx';
import type { DxPhase } from '../../lib/cockpit/types.ts';

const badges: Readonly<Record<DxPhase, { readonly text: string; readonly tone: Tone }>> = {
  idle: { text: 'Not joined', tone: 'neutral' },
  loading: { text: 'Loading', tone: 'neutral' },
  connecting: { text: 'Joining', tone: 'neutral' },
  ready: { text: 'Joined', tone: 'good' },
  lost: { text: 'Connection lost', tone: 'warn' },
  failed: { text: 'Failed', tone: 'bad' },
};

/** The peers, what this tab keeps and gives, and the servers through which it joined. */
export function DxSection() {
  const dx = useObservable(useCockpit().dx);
  const { phase, peers, keys, bytesStored, bytesServed, problem, servers, peerId, addresses } = dx;
  const { text, tone } = badges[phase];
  return (
    <Section title="Dx, where payloads travel" aside={<Badge tone={tone}>{text}</Badge>}>
      <Muted>{dxSentences[phase]}</Muted>
      <ProblemNotice title="Dx is not there" problem={problem} />
      <Readouts>
        <Readout label="Peers connected" value={formatCount(peers.length)} note="Servers and other tabs" />
        <Readout
          label="Kept here"
          value={formatBytes(bytesStored)}
          note={`${formatCount(keys)} pieces, all encrypted or public`}
        />
        <Readout label="Given to others" value={formatBytes(bytesServed)} note="Since this tab was opened" />
      </Readouts>
      {peers.length > 0 && <PeerMap peers={peers} />}
      {peers.length > 0 && <PeerTable peers={peers} />}
      <ServerList servers={servers} />
      <OwnPeer peerId={peerId} addresses={addresses} />
    </Section>
  );
}
