'use client';
/** What this browser does now, why it does not do more, and the switch. */
import { useState } from 'react';

import type { ProvidingStatus } from '../../lib/cockpit/types.ts';
import { useCockpit } from '../cockpit.tsx';
import { Button } from '../ui/button.tsx';
import { formatCount, plural } from '../ui/format.ts';
import { Icon } from '../ui/icons.tsx';
import { Readout, Readouts } from '../ui/layout.tsx';
import { Notice, ProblemNotice } from '../ui/notice.tsx';
import { StakeNotice } from './stake-notice.tsx';
import { hasOutstanding, isActive, outstandingText, reasonWords, stateWords } from './state-words.ts';
import { SwitchOffDialog } from './switch-off-dialog.tsx';
import styles from './provide.module.css';

const stateId = 'providing-state';

/** Leads to the state, once it is drawn: the form that made this browser a provider is gone then. */
export function focusState(): void {
  requestAnimationFrame(() => document.getElementById(stateId)?.focus());
}

/** The head of the view once this browser is a provider. */
export function StatePanel({ status }: { readonly status: ProvidingStatus }) {
  const { providing } = useCockpit();
  const { phase, restrained, trouble, problem, provider } = status;
  const { tone, title, text } = stateWords(phase);
  return (
    <section className={styles.state} data-tone={tone} aria-labelledby={stateId}>
      <div className={styles.stateHead}>
        <div className={styles.stateWords}>
          {/* The region is there from the start, so that changes in it are read out. */}
          <div role="status" className={styles.stateTitle}>
            <span className={styles.lamp} aria-hidden="true" />
            <h2 id={stateId} tabIndex={-1}>
              {title}
            </h2>
          </div>
          <p className={styles.stateText}>
            {phase === 'draining' && hasOutstanding(status) ? `${text} Left: ${outstandingText(status)}.` : text}
          </p>
        </div>
        <Switches status={status} />
      </div>
      {(phase === 'waiting' || phase === 'starting') && restrained.length > 0 && (
        <ul className={styles.reasons}>
          {restrained.map((reason) => (
            <li key={reason}>
              <Icon name="pause" size={16} />
              <div>
                <p className={styles.reasonTitle}>{reasonWords(reason).title}</p>
                <p className={styles.small}>{reasonWords(reason).text}</p>
              </div>
            </li>
          ))}
        </ul>
      )}
      <ProblemNotice
        title="Providing has stopped"
        problem={phase === 'failed' ? problem : null}
        onRetry={() => providing.start()}
      />
      {trouble !== null && phase !== 'failed' && (
        <Notice tone="warning" title="Something is tried again">
          {trouble.message} <code>{trouble.chainError ?? trouble.name}</code>
        </Notice>
      )}
      {provider !== null && <StakeNotice provider={provider} />}
      <Now status={status} />
      {isActive(phase) && (
        <p className={styles.keepOpen}>
          <Icon name="browser" size={16} />
          <span>
            Keep this tab open and in sight, best in a window of its own: what cannot be seen is slowed down by
            browsers. After a reload it goes on by itself.
          </span>
        </p>
      )}
    </section>
  );
}

function Switches({ status }: { readonly status: ProvidingStatus }) {
  const { providing } = useCockpit();
  const [isAsking, setAsking] = useState(false);
  const { phase } = status;
  if (phase === 'elsewhere') return null;
  const isOff = phase === 'off' || phase === 'failed';
  const switchOff = () => {
    if (hasOutstanding(status)) setAsking(true);
    else providing.stop();
  };
  return (
    <div className={styles.switches}>
      {isOff && (
        <Button kind="primary" icon="power" onClick={() => providing.start()}>
          Switch on
        </Button>
      )}
      {phase === 'draining' && (
        <Button kind="primary" icon="play" onClick={() => providing.start()}>
          Go on
        </Button>
      )}
      {(phase === 'on' || phase === 'waiting') && (
        <Button icon="pause" onClick={() => providing.drain()}>
          Finish, then off
        </Button>
      )}
      {!isOff && (
        <Button kind="quiet" icon="power" onClick={switchOff}>
          Switch off
        </Button>
      )}
      {isAsking && <SwitchOffDialog status={status} onClose={() => setAsking(false)} />}
    </div>
  );
}

function Now({ status }: { readonly status: ProvidingStatus }) {
  const { running, waiting, openBids, openAgreements, operator } = status;
  const most = operator?.bounds?.maxOpen;
  return (
    <div className={styles.now}>
      <Readouts>
        <Readout
          label="Running now"
          value={formatCount(running)}
          note={plural(waiting, 'request waits', 'requests wait')}
        />
        <Readout label="Agreements" value={formatCount(openAgreements)} note="open, to be answered in time" />
        <Readout
          label="Bids"
          value={formatCount(openBids)}
          note={most === undefined ? 'open' : `with agreements at most ${formatCount(most)}`}
        />
        <Readout
          label="Fees last for"
          value={operator === null ? '–' : formatCount(operator.transactionsLeft)}
          note="transactions, about"
        />
      </Readouts>
    </div>
  );
}
