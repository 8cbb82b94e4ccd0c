/** How long bids are taken, or can be accepted. */
import type { OrderDetail } from '../../lib/cockpit/types.ts';
import { formatDuration, plural } from '../ui/format.ts';
import { Progress } from '../ui/progress.tsx';
import { Notice } from '../ui/notice.tsx';

export function PhaseCountdown({
  detail: { order, phase, bids, phaseEndsInBlocks, phaseEndsInMs },
}: {
  readonly detail: OrderDetail;
}) {
  if (phase === 'over') {
    return (
      <Notice tone="warning" title="Time is up">
        Nobody accepted a bid in time. The chain removes this order now and releases everything that it holds.
      </Notice>
    );
  }
  const length = phase === 'bidding' ? order.biddingPeriod : order.acceptancePeriod;
  const left = `${plural(phaseEndsInBlocks, 'block')} ≈ ${formatDuration(phaseEndsInMs)} left`;
  return (
    <Progress
      label={
        phase === 'bidding'
          ? bids.length === 0
            ? 'Providers can bid'
            : 'Providers can still bid; you can accept already'
          : 'No more bids; accept one before the time is up'
      }
      text={left}
      value={Math.max(0, length - phaseEndsInBlocks)}
      max={Math.max(1, length)}
    />
  );
}
