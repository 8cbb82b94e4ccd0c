'use client';
/** The peers of the drawing, as a table. */
import type { DxPeerInfo } from '../../lib/cockpit/types.ts';
import { plural } from '../ui/format.ts';
import { Muted } from '../ui/layout.tsx';
import { Table, type Column } from '../ui/table.tsx';
import { ContentId } from '../ui/values.tsx';
import { kindWords } from './connection-words.ts';
import { sharedBits } from './peer-layout.ts';
import styles from './peer-table.module.css';

const columns: readonly Column<DxPeerInfo>[] = [
  { key: 'peer', header: 'Peer', isHead: true, cell: ({ peer }) => <ContentId id={peer} what="peer id" /> },
  {
    key: 'role',
    header: 'Role',
    cell: ({ isServer, keeps }) => (isServer ? 'Server' : keeps ? 'Keeps data' : 'Only fetches'),
  },
  { key: 'kind', header: 'Connection', cell: ({ kind }) => kindWords[kind].name },
  { key: 'bits', header: 'In common', cell: (peer) => plural(sharedBits(peer), 'bit'), align: 'end' },
  {
    key: 'address',
    header: 'Address',
    cell: ({ address }) => <code className={styles.address}>{withoutPeer(address)}</code>,
  },
];

/** Where the address leads; whom it names is in the first column. */
function withoutPeer(address: string): string {
  return address.replace(/\/certhash\/[^/]+/g, '').replace(/\/p2p\/[^/]+$/, '');
}

/** A row for each peer, the nearest first. */
export function PeerTable({ peers }: { readonly peers: readonly DxPeerInfo[] }) {
  return (
    <Table
      caption="Peers of Dx that this tab is connected to, the nearest first"
      columns={columns}
      rows={peers.toSorted((a, b) => a.distanceLog2 - b.distanceLog2)}
      rowKey={({ peer, address }) => `${peer} ${address}`}
      empty={<Muted>No peer is connected.</Muted>}
    />
  );
}
