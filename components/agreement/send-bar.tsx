/** How many are sent, to whom, and what that costs. */
import type { Agreement } from '../../lib/market/types.ts';
import { Button } from '../ui/button.tsx';
import { plural } from '../ui/format.ts';
import { Checkbox } from '../ui/inputs.tsx';
import { Notice } from '../ui/notice.tsx';
import { Amount } from '../ui/values.tsx';
import type { Tally } from './stages.ts';
import styles from './agreement.module.css';

interface SendBarProps {
  /** How many are ready. */
  readonly count: number;
  /** How many more the agreement takes. */
  readonly left: number;
  /** How many are still being made ready. */
  readonly waiting: number;
  readonly targets: readonly Agreement[];
  /** Whether all providers of the order get them, where there are several. */
  readonly choice:
    { readonly toAll: boolean; readonly setToAll: (toAll: boolean) => void; readonly all: number } | undefined;
  readonly isElsewhere: boolean;
  /** What was sent before. */
  readonly sent: Tally;
  readonly isBusy: boolean;
  readonly onSend: () => void;
}

export function SendBar({ count, left, waiting, targets, choice, isElsewhere, sent, isBusy, onSend }: SendBarProps) {
  const cost = targets.reduce((sum, { price }) => sum + price * BigInt(count), 0n);
  const isTooMany = count > left;
  return (
    <div className={styles.sendBar}>
      {choice !== undefined && (
        <Checkbox
          label={`Send to all ${choice.all} providers of this order, and compare`}
          checked={choice.toAll}
          onChecked={choice.setToAll}
        />
      )}
      {isTooMany && (
        <Notice tone="error" title={`Only ${plural(left, 'inference')} left`}>
          Take {plural(count - left, 'image')} out, or order more.
        </Notice>
      )}
      {isElsewhere && (
        <Notice title="Another tab works on this agreement">
          It shows here what happens there. Send from that tab, or close it to go on here.
        </Notice>
      )}
      <div className={styles.sendRow}>
        <Button
          kind="primary"
          icon="send"
          busy={isBusy}
          disabled={!isBusy && (count === 0 || isTooMany || isElsewhere || waiting > 0)}
          onClick={onSend}
        >
          {isBusy ? 'Sending ...' : count === 0 ? 'Send' : `Send ${plural(count, 'inference')}`}
        </Button>
        <span className={styles.small} aria-live="polite">
          {waiting > 0 ? (
            `${plural(waiting, 'image')} being made ready ...`
          ) : count > 0 ? (
            <>
              <Amount value={cost} /> from escrow, when answered
            </>
          ) : (
            `${plural(left, 'inference')} left`
          )}
        </span>
        {sent.all > 0 && (
          <a className={styles.toResults} href="#results">
            {sent.working > 0 ? `${sent.working} under way` : `See ${plural(sent.all, 'result')}`}
          </a>
        )}
      </div>
    </div>
  );
}
