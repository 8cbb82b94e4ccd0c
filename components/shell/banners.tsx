'use client';
/** What concerns every view: the connection is lost, or nothing can be kept. */
import { useState } from 'react';

import { useCockpit, useObservable } from '../cockpit.tsx';
import { Button } from '../ui/button.tsx';
import { Notice, ProblemNotice } from '../ui/notice.tsx';
import styles from './shell.module.css';

/** The banners that are due; nothing when all is well. */
export function Banners() {
  const cockpit = useCockpit();
  const chain = useObservable(cockpit.chain);
  const storage = useObservable(cockpit.storage);
  const [isRead, setRead] = useState(false);
  const isMemory = storage.state === 'memory' && !isRead;
  if (chain.phase !== 'lost' && chain.phase !== 'failed' && !isMemory) return null;
  return (
    <div className={styles.banners}>
      {chain.phase === 'lost' && (
        <Notice tone="warning" title="The connection to the chain is lost">
          What you see is the last that was known. It comes back by itself.
          {chain.problem !== null && ` ${chain.problem.message}`}
        </Notice>
      )}
      {chain.phase === 'failed' && (
        <ProblemNotice title="There is no chain" problem={chain.problem} onRetry={() => cockpit.restart()} />
      )}
      {isMemory && (
        <Notice
          tone="warning"
          title="Nothing is kept in this browser"
          actions={
            <Button size="s" onClick={() => setRead(true)}>
              I have read this
            </Button>
          }
        >
          {storage.problem?.message} What you buy can be opened in this tab alone, until it is closed.
        </Notice>
      )}
    </div>
  );
}
