/** The key of this browser, explained. */
import { Icon } from '../ui/icons.tsx';
import styles from './provide.module.css';

export function KeyNote() {
  return (
    <p className={styles.keyNote}>
      <Icon name="key" size={18} />
      <span>
        This browser gets a key of its own that bids and answers, so that your wallet signs once and not for every
        inference. It cannot be read out, the chain holds it to the bounds that you set, it never touches stake or
        earnings, and you can revoke it with one click.
      </span>
    </p>
  );
}
