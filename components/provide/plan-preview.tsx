'use client';
/** What one signature will do, before it is asked for. */
import type { SetupPlan } from '../../lib/cockpit/types.ts';
import { FaucetButton } from '../account/faucet-button.tsx';
import { Facts, Muted } from '../ui/layout.tsx';
import { Notice, ProblemNotice } from '../ui/notice.tsx';
import { SkeletonLines } from '../ui/placeholder.tsx';
import { Amount } from '../ui/values.tsx';
import type { Latest } from './use-latest.ts';
import styles from './provide.module.css';

interface PlanPreviewProps {
  readonly plan: Latest<SetupPlan>;
  /** Who pays. */
  readonly account: string;
}

/** The steps with their sums, and whether there is enough for them. */
export function PlanPreview({ plan: { value, problem, isAsking, askAgain }, account }: PlanPreviewProps) {
  if (problem !== null) {
    return (
      <ProblemNotice
        title="It cannot be set up like this"
        problem={problem}
        onRetry={askAgain}
        actions={problem.name === 'InvalidSetup' ? <FaucetButton to={account} /> : undefined}
      />
    );
  }
  if (value === undefined) return <SkeletonLines label="What will be signed ..." />;
  const { steps, needs, free, replaces } = value;
  return (
    <div className={styles.plan} aria-busy={isAsking}>
      {steps.length === 0 ? (
        <Muted>The chain has all of this already: there is nothing to sign.</Muted>
      ) : (
        <ol className={styles.planSteps}>
          {steps.map(({ what, amount }) => (
            <li key={what}>
              <span>{what}</span>
              {amount !== null && <Amount value={amount} decimals={6} />}
            </li>
          ))}
        </ol>
      )}
      <Facts
        facts={[
          {
            term: 'In all',
            value: <Amount value={needs} decimals={6} />,
            note: 'held or given away; the transaction’s fee comes on top',
          },
          { term: 'You can spend', value: <Amount value={free} decimals={6} /> },
        ]}
      />
      {replaces !== null && (
        <Notice tone="warning" title="Something else provides for this account">
          {replaces}
        </Notice>
      )}
    </div>
  );
}
