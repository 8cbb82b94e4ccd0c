/** What can be done here, for who has just come. */
import Link from 'next/link';
import type { ReactNode } from 'react';

import { Icon, type IconName } from '../ui/icons.tsx';
import styles from './market.module.css';

interface Way {
  readonly icon: IconName;
  readonly title: string;
  readonly text: ReactNode;
  readonly href?: string;
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
    text: (
      <>
        A server earns with every answer: <code>npm run wingman</code> starts a provider that measures, bids and answers
        by itself.
      </>
    ),
  },
];

/** The three ways into the market. */
export function Newcomer() {
  return (
    <ul className={styles.ways}>
      {ways.map(({ icon, title, text, href }) => (
        <li key={title} className={styles.way}>
          <Icon name={icon} size={20} className={styles.wayIcon} />
          <h2 className={styles.wayTitle}>{href === undefined ? title : <Link href={href}>{title}</Link>}</h2>
          <p className={styles.wayText}>{text}</p>
        </li>
      ))}
    </ul>
  );
}
