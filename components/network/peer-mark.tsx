/** The sign of a peer in the drawing and in its legend. */
import styles from './peer-map.module.css';

interface PeerMarkProps {
  readonly x: number;
  readonly y: number;
  readonly isServer: boolean;
  readonly keeps: boolean;
}

/** A square for a server, a circle for any other peer; filled if it keeps data for others. */
export function PeerMark({ x, y, isServer, keeps }: PeerMarkProps) {
  return isServer ? (
    <rect className={styles.peer} data-keeps={keeps} x={x - 6} y={y - 6} width={12} height={12} rx={2} />
  ) : (
    <circle className={styles.peer} data-keeps={keeps} cx={x} cy={y} r={6} />
  );
}
