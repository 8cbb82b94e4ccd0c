'use client';
/** Peers by their distance: half a disc with this tab in the middle. */
import { useRef } from 'react';

import type { DxPeerInfo } from '../../lib/cockpit/types.ts';
import { plural } from '../ui/format.ts';
import { kinds, kindWords } from './connection-words.ts';
import { arcPath, layoutPeers, type PlacedPeer } from './peer-layout.ts';
import { PeerMark } from './peer-mark.tsx';
import { useWidth } from './use-width.ts';
import styles from './peer-map.module.css';

const labelRoom = 26;
/** In pixels: with less room for each, names would lie on each other. */
const roomPerLabel = 44;

/** Draws the peers. What it shows can be read in the table below it. */
export function PeerMap({ peers }: { readonly peers: readonly DxPeerInfo[] }) {
  const frame = useRef<HTMLDivElement>(null);
  const width = useWidth(frame);
  const size = Math.min(width, 720);
  const height = Math.round(size / 2);
  const { center, bands, peers: placed } = layoutPeers(peers, size, height);
  const present = kinds.filter((kind) => peers.some((peer) => peer.kind === kind));
  return (
    <figure className={styles.figure}>
      <div ref={frame} className={styles.frame}>
        {width > 0 && (
          <svg
            className={styles.map}
            width={size}
            height={height + labelRoom}
            role="img"
            aria-label={`${plural(peers.length, 'peer')} by their distance to this tab; the table below has the same.`}
          >
            {bands.map(({ sharedBits, radius }) => (
              <path key={sharedBits} className={styles.band} d={`${arcPath(center, radius)}Z`} />
            ))}
            {bands.map(({ sharedBits, middle, part }) => (
              <text key={sharedBits} className={styles.part} x={center.x + middle} y={height + 17} textAnchor="middle">
                {part}
              </text>
            ))}
            {placed.map((each) => (
              <line
                key={each.peer.peer}
                className={styles.link}
                data-kind={each.peer.kind}
                x1={center.x}
                y1={center.y - 8}
                x2={each.x}
                y2={each.y}
              />
            ))}
            {placed.map((each) => (
              <Peer key={each.peer.peer} placed={each} isLabelled={placed.length * roomPerLabel <= size} />
            ))}
            <circle className={styles.self} cx={center.x} cy={center.y - 8} r={8} />
            <text className={styles.selfLabel} x={center.x} y={height + 17} textAnchor="middle">
              this tab
            </text>
          </svg>
        )}
      </div>
      <figcaption className={styles.legend}>
        <p>
          Each band holds the peers whose address begins with as many bits of this tab’s address: half of all peers
          belong to the outermost one, a quarter to the next. What is looked for is asked of the nearest.
        </p>
        <ul className={styles.keys}>
          {present.map((kind) => (
            <li key={kind}>
              <svg width={26} height={8} aria-hidden="true">
                <line className={styles.link} data-kind={kind} x1={1} y1={4} x2={25} y2={4} />
              </svg>
              {kindWords[kind].name}: {kindWords[kind].meaning}
            </li>
          ))}
          <li>
            <svg width={26} height={14} aria-hidden="true">
              <PeerMark x={13} y={7} isServer keeps />
            </svg>
            a server
          </li>
          <li>
            <svg width={26} height={14} aria-hidden="true">
              <PeerMark x={13} y={7} isServer={false} keeps />
            </svg>
            a peer that keeps data for others; hollow if it does not
          </li>
        </ul>
      </figcaption>
    </figure>
  );
}

function Peer({ placed: { peer, x, y }, isLabelled }: { readonly placed: PlacedPeer; readonly isLabelled: boolean }) {
  return (
    <g>
      <title>{`${peer.peer}: ${kindWords[peer.kind].name}`}</title>
      <PeerMark x={x} y={y} isServer={peer.isServer} keeps={peer.keeps} />
      {isLabelled && (
        <text className={styles.name} x={x} y={y - 13} textAnchor="middle">
          …{peer.peer.slice(-5)}
        </text>
      )}
    </g>
  );
}
