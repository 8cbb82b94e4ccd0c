/** What something that is signed will do, point by point. */
import { Icon } from '../ui/icons.tsx';
import styles from './consequences.module.css';

export interface Consequence {
  /** `bad` is what is lost. */
  readonly tone: 'good' | 'bad' | 'plain';
  readonly text: string;
}

const icons = { good: 'check', bad: 'minus', plain: 'right' } as const;

/** A list of consequences. */
export function Consequences({ items }: { readonly items: readonly Consequence[] }) {
  return (
    <ul className={styles.list}>
      {items.map(({ tone, text }) => (
        <li key={text} className={styles.item} data-tone={tone}>
          <Icon name={icons[tone]} size={17} />
          <span>{text}</span>
        </li>
      ))}
    </ul>
  );
}
