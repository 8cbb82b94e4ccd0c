/** What can be done here, for who has just come. */
import Link from 'next/link';

import { Icon, type IconName } from '../ui/icons.tsx';
import styles from './market.module.css';

interface Way {
  readonly icon: IconName;
  readonly title: string;
  readonly text: string;
  readonly href: string;
}

const ways: readonly Way[] = [
  {
    icon: 'spark',
    title: 'Buy inferences',
    text: 'Choose a model, say how many and at what price at most. Providers bid; what is not delivered in time is refunded.',
    href: '#models',
  },
  {
    icon: 'own',
    title: 'Own a model',
    text: 'Register an ONNX file. Its ownership is an NFT, and whoever holds it earns a royalty on every inference.',
    href: '/own/register/',
  },
  {
    icon: 'server',
    title: 'Run models',
    text: 'This browser, or a server of yours, earns with every answer: it measures, bids and answers by itself.',
    href: '/provide/',
  },
];

/** The three ways into the market. */
export function Newcomer() {
  return (
    <ul className={styles.ways}>
      {ways.map(({ icon, title, text, href }) => (
        <li key={title} className={styles.way}>
          <Icon name={icon} size={20} className={styles.wayIcon} />
          <h2 className={styles.wayTitle}>
            <Link href={href}>{title}</Link>
          </h2>
          <p className={styles.wayText}>{text}</p>
        </li>
      ))}
    </ul>
  );
}
