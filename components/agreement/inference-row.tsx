'use client';
/** One inference: its image, how far it is, and what came back. */
import type { InferenceInfo, InferenceState } from '../../lib/cockpit/types.ts';
import { useCockpit } from '../cockpit.tsx';
import { Thumbnail } from '../image-input/thumbnail.tsx';
import { useAction } from '../use-action.ts';
import { Badge, Status, type Tone, type Truth } from '../ui/badge.tsx';
import { Button } from '../ui/button.tsx';
import { ProbabilityBars } from '../ui/charts.tsx';
import { Disclosure } from '../ui/disclosure.tsx';
import { formatDuration } from '../ui/format.ts';
import { Icon } from '../ui/icons.tsx';
import { ProblemNotice } from '../ui/notice.tsx';
import { Steps } from '../ui/timeline.tsx';
import { Amount } from '../ui/values.tsx';
import { ResponseTensors } from './response-tensors.tsx';
import { stepsOf, totalMs } from './stages.ts';
import styles from './agreement.module.css';

const states: Readonly<Record<InferenceState, readonly [text: string, tone: Tone] | null>> = {
  working: null,
  answered: null,
  paused: ['Paused', 'neutral'],
  failed: ['Failed', 'bad'],
  missed: ['Missed', 'bad'],
  resultMissing: ['Result not found', 'bad'],
  resultCorrupt: ['Result is not what was promised', 'bad'],
  notSent: ['Not sent', 'warn'],
  removed: ['Too old', 'neutral'],
};

interface InferenceRowProps {
  readonly inference: InferenceInfo;
  readonly truth: Truth | undefined;
  readonly canSendAgain: boolean;
}

export function InferenceRow({ inference, truth, canSendAgain }: InferenceRowProps) {
  const { purchases } = useCockpit();
  const again = useAction(() => purchases.sendAgain(inference.id));
  const { state, label, index, thumbnail, explanation } = inference;
  const isAnswered = state === 'answered';
  const mark = states[state];
  const steps = <Steps label={`${label}: steps`} steps={stepsOf(inference)} compact />;
  return (
    <li className={styles.row}>
      {thumbnail === null ? (
        <span className={styles.noThumb}>
          <Icon name="file" />
        </span>
      ) : (
        <Thumbnail blob={thumbnail} label={label} />
      )}
      <div className={styles.rowBody}>
        <div className={styles.rowHead}>
          <h3 className={styles.rowTitle}>
            {label} {index !== null && <span className={styles.small}>#{index}</span>}
          </h3>
          {mark !== null && <Badge tone={mark[1]}>{mark[0]}</Badge>}
          <span className={styles.rowEnd}>
            <Cost inference={inference} />
            {truth !== undefined && <Status state={truth}>{truth === 'live' ? 'Under way' : undefined}</Status>}
          </span>
        </div>
        {isAnswered && <Result inference={inference} />}
        {isAnswered ? (
          <Disclosure summary={took(inference)}>{steps}</Disclosure>
        ) : (
          <>
            {steps}
            {explanation !== null && <p className={styles.explanation}>{explanation}</p>}
            {state !== 'working' && state !== 'paused' && canSendAgain && (
              <div>
                <Button size="s" icon="refresh" busy={again.isBusy} onClick={again.run}>
                  Send again
                </Button>
              </div>
            )}
          </>
        )}
        <ProblemNotice title="It was not sent again" problem={again.problem} />
      </div>
    </li>
  );
}

function Cost({ inference: { paid, refunded } }: { readonly inference: InferenceInfo }) {
  if (paid > 0n) {
    return (
      <span className={styles.small}>
        paid <Amount value={paid} />
      </span>
    );
  }
  if (refunded === 0n) return null;
  return (
    <span className={styles.refundedText}>
      refunded <Amount value={refunded} />
    </span>
  );
}

function Result({ inference: { label, classes, response } }: { readonly inference: InferenceInfo }) {
  if (classes !== null && classes.length > 0) {
    return <ProbabilityBars title={`What ${label} shows`} classes={classes} atMost={3} />;
  }
  return <ResponseTensors label={label} response={response} />;
}

function took(inference: InferenceInfo): string {
  const ms = totalMs(inference);
  return ms === null ? 'Checked against its hash' : `Verified ${formatDuration(ms)} after sending`;
}
