/** Why a transaction has not done what it should: the chain's own words, and what to do. */
import type { Problem, TransactionState } from '../../lib/cockpit/types.ts';
import styles from './transaction-card.module.css';

interface TransactionProblemProps {
  readonly state: TransactionState;
  readonly problem: Problem;
}

/** The words of a transaction's problem. */
export function TransactionProblem({ state, problem }: TransactionProblemProps) {
  if (state === 'cancelled') {
    return <p className={styles.hint}>Nothing was sent and nothing has changed. What you typed is still there.</p>;
  }
  return (
    <div className={styles.problem}>
      <p>{problem.message}</p>
      <code className={styles.name}>{problem.chainError ?? problem.name}</code>
      {state === 'lost' && (
        <p className={styles.hint}>
          It may still come into a block. What the page shows of the chain tells whether it has.
        </p>
      )}
    </div>
  );
}
