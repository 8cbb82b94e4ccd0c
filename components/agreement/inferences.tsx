'use client';
/** Everything that was sent in an agreement from this browser. */
import { useState } from 'react';

import type { AgreementDetail } from '../../lib/cockpit/types.ts';
import { useCockpit, useObservable } from '../cockpit.tsx';
import { Button } from '../ui/button.tsx';
import { plural } from '../ui/format.ts';
import { Section } from '../ui/layout.tsx';
import { EmptyState } from '../ui/placeholder.tsx';
import { Progress } from '../ui/progress.tsx';
import { InferenceRow } from './inference-row.tsx';
import { SendingNotices } from './sending-notices.tsx';
import { tallyOf, truthOfInference } from './stages.ts';
import styles from './agreement.module.css';

/** So many are shown before one asks for more. */
const step = 20;

interface InferencesProps {
  readonly detail: AgreementDetail;
}

export function Inferences({ detail }: InferencesProps) {
  const { purchases, chain } = useCockpit();
  const { agreement } = detail;
  const { responseDeadline } = agreement;
  const inferences = useObservable(purchases.inferences(agreement.id));
  const sending = useObservable(purchases.sending(agreement.id));
  const finalized = useObservable(chain).finalized?.number ?? null;
  const [shown, setShown] = useState(step);
  const { all, answered, working, paused, without } = tallyOf(inferences);
  const said = [
    answered > 0 && `${answered} answered`,
    working > 0 && `${working} under way`,
    paused > 0 && `${paused} paused`,
    without > 0 && `${without} without a result`,
  ].filter(Boolean);
  return (
    <div id="results">
      <Section title="Results" aside={<span aria-live="polite">{said.join(', ')}</span>}>
        <SendingNotices agreement={agreement.id} sending={sending} paused={paused} />
        {working > 0 && all > 1 && (
          <Progress
            label="Answered"
            value={all - working - paused}
            max={all}
            text={`${all - working - paused} of ${all}`}
          />
        )}
        {all === 0 ? (
          <EmptyState icon="image" title="Nothing was sent from this browser yet">
            What you send appears here with each step on its way, and stays here when you come back.
          </EmptyState>
        ) : (
          <ul className={styles.rows}>
            {inferences.slice(0, shown).map((inference) => (
              <InferenceRow
                key={inference.id}
                inference={inference}
                truth={truthOfInference(inference, finalized, { requests: detail.requests, responseDeadline })}
                canSendAgain={detail.closed === null && detail.left > 0 && !sending.isElsewhere}
              />
            ))}
          </ul>
        )}
        {all > shown && (
          <div>
            <Button onClick={() => setShown(shown + step)}>
              Show {plural(Math.min(step, all - shown), 'more', 'more')}
            </Button>
          </div>
        )}
      </Section>
    </div>
  );
}
