'use client';
/** What keeps inferences from going on, and what to do. */
import type { SendingStatus } from '../../lib/cockpit/types.ts';
import { useCockpit } from '../cockpit.tsx';
import { useAction } from '../use-action.ts';
import { Button, LinkButton } from '../ui/button.tsx';
import { plural } from '../ui/format.ts';
import { Notice, ProblemNotice } from '../ui/notice.tsx';

interface SendingNoticesProps {
  readonly agreement: number;
  readonly sending: SendingStatus;
  /** How many are not sent, and wait for somebody who says so. */
  readonly paused: number;
}

export function SendingNotices({ agreement, sending, paused }: SendingNoticesProps) {
  const { purchases } = useCockpit();
  const goOn = useAction(() => purchases.resume(agreement));
  const topUp = useAction(() => purchases.topUpSender(agreement));
  const { isElsewhere, trouble, problem } = sending;
  const button = (
    <Button size="s" icon="play" busy={goOn.isBusy} onClick={goOn.run}>
      Go on
    </Button>
  );
  return (
    <>
      {problem !== null && !isElsewhere && (
        <ProblemNotice
          title="The work stopped before everything had a result"
          problem={problem}
          actions={
            <>
              {button}
              {problem.name === 'KeyMissing' && (
                <LinkButton size="s" href="/account/">
                  Import a backup
                </LinkButton>
              )}
            </>
          }
        />
      )}
      {problem === null && paused > 0 && !isElsewhere && (
        <Notice title={`${plural(paused, 'inference')} not sent yet`} actions={button}>
          The page was closed before they were registered. Nothing was paid for them. Where your wallet signs, it asks
          you then; each is registered once, whatever became of the transaction before.
        </Notice>
      )}
      {trouble?.name === 'CannotPayFees' && (
        <Notice
          tone="warning"
          title="No money for fees"
          actions={
            <Button size="s" busy={topUp.isBusy} onClick={topUp.run}>
              Top up from your wallet
            </Button>
          }
        >
          {trouble.message}
        </Notice>
      )}
      {trouble !== null && trouble.name !== 'CannotPayFees' && (
        <Notice tone="warning" title="It takes longer, and is tried again">
          {trouble.message}
        </Notice>
      )}
      <ProblemNotice title="The key was not topped up" problem={topUp.problem} />
      <ProblemNotice title="It cannot go on" problem={goOn.problem} />
    </>
  );
}
