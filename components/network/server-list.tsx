/** The servers through which this tab joins Dx. */
import type { DxStatus } from '../../lib/cockpit/types.ts';
import { Badge } from '../ui/badge.tsx';
import { Muted } from '../ui/layout.tsx';
import { serverWords } from './connection-words.ts';
import styles from './server-list.module.css';

/** Each server with its state, and why it is not connected. */
export function ServerList({ servers }: Pick<DxStatus, 'servers'>) {
  return (
    <div className={styles.servers}>
      <h3>Servers</h3>
      {servers.length === 0 ? (
        <Muted>This network names no Dx server.</Muted>
      ) : (
        <>
          <Muted>They introduce peers to each other and keep data while tabs are closed. They cannot read it.</Muted>
          <ul>
            {servers.map(({ server, state, reason }) => (
              <li key={server} className={styles.server}>
                <span className={styles.state}>
                  <Badge tone={serverWords[state].tone}>{serverWords[state].name}</Badge>
                </span>
                <div className={styles.words}>
                  <code>{server}</code>
                  {reason !== null && <p>{reason}</p>}
                </div>
              </li>
            ))}
          </ul>
        </>
      )}
    </div>
  );
}
