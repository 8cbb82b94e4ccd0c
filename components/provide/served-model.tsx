'use client';
/** One model that this browser serves or is about to. */
import Link from 'next/link';
import { useState, type ReactNode } from 'react';

import type { ModelCard, ServedModelInfo, ServedModelState } from '../../lib/cockpit/types.ts';
import { valueOf } from '../../lib/cockpit/loaded.ts';
import { useCockpit, useQuery } from '../cockpit.tsx';
import { Badge, type Tone } from '../ui/badge.tsx';
import { Button, IconButton } from '../ui/button.tsx';
import { Disclosure } from '../ui/disclosure.tsx';
import { formatBytes } from '../ui/format.ts';
import { Cluster, Muted } from '../ui/layout.tsx';
import { ProblemNotice } from '../ui/notice.tsx';
import { Progress } from '../ui/progress.tsx';
import { Amount } from '../ui/values.tsx';
import { AnnounceDialog } from './announce-dialog.tsx';
import { backendName, backendText, measuredText } from './backend-words.ts';
import { netOf, newerVersion, nextStep } from './offers.ts';
import { RemoveDialog } from './remove-dialog.tsx';
import styles from './provide.module.css';

interface ServedModelProps {
  readonly info: ServedModelInfo;
  /** The same model on the market; `undefined` while that is not known. */
  readonly card: ModelCard | undefined;
  readonly isNamed: boolean;
}

/** A row of the list of served models. */
export function ServedModel({ info, card, isNamed }: ServedModelProps) {
  const { providing } = useCockpit();
  const [open, setOpen] = useState<'announce' | 'remove'>();
  const { model, version, name, state, bytes, problem, backend } = info;
  const newer = newerVersion(info, card);
  const next = nextStep(info, isNamed);
  const isBusy = state === 'downloading' || state === 'measuring';
  const hasActions = next !== 'none' || (newer !== null && !isBusy);
  const prepare = () => {
    // What goes wrong stands in `problem`.
    if (card !== undefined) providing.prepare(card.model, card.model.newest).catch(() => undefined);
  };
  const close = () => setOpen(undefined);
  return (
    <li className={styles.model}>
      <div className={styles.modelHead}>
        <div className={styles.modelWords}>
          <div className={styles.modelTitle}>
            <h3 className={styles.modelName}>
              <Link href={`/model/?id=${model}`}>{name}</Link>
            </h3>
            <StateBadge info={info} isNamed={isNamed} />
          </div>
          <p className={styles.small}>
            Model {model} · version {version} · {formatBytes(bytes)}
            {card?.model.retired === true && ' · retired: nobody can order it any more'}
          </p>
        </div>
        <IconButton
          icon={isBusy ? 'close' : 'trash'}
          label={isBusy ? `Stop and remove ${name}` : `Remove ${name}`}
          size="s"
          onClick={() => setOpen('remove')}
        />
      </div>
      {state === 'ready' && <Figures info={info} card={card} />}
      {isBusy && <OnItsWay info={info} />}
      <ProblemNotice title={`${name} cannot be served`} problem={problem} />
      {backend !== null && backend.passedOver.length > 0 && state === 'ready' && (
        <Disclosure
          summary={`Why it does not run on ${backend.passedOver.map(({ kind }) => backendName(kind)).join(' or ')}`}
        >
          <dl className={styles.why}>
            {backend.passedOver.map(({ kind, why }) => (
              <div key={kind}>
                <dt>{backendName(kind)}</dt>
                <dd>{why}</dd>
              </div>
            ))}
          </dl>
        </Disclosure>
      )}
      {hasActions && (
        <Cluster>
          {next === 'announce' && (
            <Button kind="primary" size="s" icon="upload" onClick={() => setOpen('announce')}>
              Announce it
            </Button>
          )}
          {(next === 'prepare' || next === 'retry') && (
            <Button
              size="s"
              icon={next === 'retry' ? 'refresh' : 'download'}
              disabled={card === undefined}
              onClick={prepare}
            >
              {next === 'retry' ? 'Try again' : 'Fetch and measure'}
            </Button>
          )}
          {newer !== null && !isBusy && (
            <Button size="s" icon="download" onClick={prepare}>
              Fetch version {newer}
            </Button>
          )}
        </Cluster>
      )}
      {open === 'announce' && <AnnounceDialog info={info} onClose={close} />}
      {open === 'remove' && <RemoveDialog info={info} onClose={close} />}
    </li>
  );
}

const states: Readonly<Record<ServedModelState, readonly [text: string, tone: Tone]>> = {
  listed: ['Not here yet', 'neutral'],
  downloading: ['Downloading', 'accent'],
  measuring: ['Measuring', 'accent'],
  ready: ['Ready', 'good'],
  failed: ['Failed', 'bad'],
};

function StateBadge({ info: { state, isAnnounced }, isNamed }: Pick<ServedModelProps, 'info' | 'isNamed'>) {
  const [text, tone] = states[state];
  if (state !== 'ready' || !isNamed) return <Badge tone={tone}>{text}</Badge>;
  return isAnnounced ? <Badge tone="good">Offered</Badge> : <Badge tone="warn">Ready, not announced</Badge>;
}

function OnItsWay({ info: { state, bytes, bytesHere, name } }: Pick<ServedModelProps, 'info'>) {
  if (state === 'measuring') {
    return <Progress label={`Checking ${name} and measuring how long an inference takes here`} />;
  }
  return (
    <Progress
      label={`Fetching ${name} from Dx`}
      value={bytesHere}
      max={Math.max(1, bytes)}
      text={`${formatBytes(bytesHere)} of ${formatBytes(bytes)}`}
    />
  );
}

function Figures({ info: { timeMs, backend }, card }: Pick<ServedModelProps, 'info' | 'card'>) {
  const { market } = useCockpit();
  const rules = valueOf(useQuery(market.rules()));
  const price = card?.recentPrice ?? null;
  const royalty = card?.model.royalty;
  return (
    <dl className={styles.figures}>
      <Figure term="An inference takes">{timeMs === null ? <Muted>not measured</Muted> : measuredText(timeMs)}</Figure>
      <Figure term="Runs on">{backend === null ? <Muted>not known yet</Muted> : backendText(backend)}</Figure>
      <Figure term="Last price">
        {price === null ? <Muted>never sold</Muted> : <Amount value={price} decimals={6} />}
      </Figure>
      <Figure term="Of that, yours">
        {price === null || royalty === undefined || rules === undefined ? (
          <Muted>–</Muted>
        ) : (
          <Amount value={netOf(price, royalty, rules)} decimals={6} />
        )}
      </Figure>
    </dl>
  );
}

function Figure({ term, children }: { readonly term: string; readonly children: ReactNode }) {
  return (
    <div>
      <dt>{term}</dt>
      <dd>{children}</dd>
    </div>
  );
}
