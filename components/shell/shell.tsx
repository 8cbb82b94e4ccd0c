'use client';
/** What is around every view: header, navigation, banners, messages. */
import Link from 'next/link';
import { usePathname } from 'next/navigation';
import { useSyncExternalStore, type ReactNode } from 'react';

import { AccountButton } from '../account/account-button.tsx';
import { CockpitProvider, useCockpit, useObservable } from '../cockpit.tsx';
import { TransactionToasts } from '../transactions/transaction-toasts.tsx';
import { IconButton } from '../ui/button.tsx';
import { cx } from '../ui/cx.ts';
import { Icon, type IconName } from '../ui/icons.tsx';
import { VisuallyHidden } from '../ui/layout.tsx';
import { Status } from '../ui/badge.tsx';
import { ToastRegion } from '../ui/toast.tsx';
import { Banners } from './banners.tsx';
import { chainWords } from './chain-words.ts';
import { Mark } from './logo.tsx';
import { placeOf, places } from './navigation.ts';
import { nextTheme, theme, type Theme } from './theme.ts';
import styles from './shell.module.css';

/** The shell. It is there at once; what needs the chain fills itself in. */
export function Shell({ children }: { readonly children: ReactNode }) {
  return (
    <CockpitProvider>
      <ToastRegion beside={<TransactionToasts />}>
        <a className={styles.skip} href="#content">
          Skip to the content
        </a>
        <Header />
        <div className={styles.frame}>
          <Navigation />
          <main id="content" className={styles.main} tabIndex={-1}>
            <Banners />
            {children}
          </main>
        </div>
      </ToastRegion>
    </CockpitProvider>
  );
}

function Header() {
  return (
    <header className={styles.header}>
      <Link href="/" className={styles.brand}>
        <Mark />
        <span className={styles.name}>Airo</span>
      </Link>
      <div className={styles.tools}>
        <ChainPill />
        <AccountButton />
        <ThemeSwitch />
      </div>
    </header>
  );
}

function Navigation() {
  const current = placeOf(usePathname());
  const network = useObservable(useCockpit().network);
  return (
    <nav className={styles.nav} aria-label="Main">
      <ul className={styles.places}>
        {places.map((place) => (
          <li key={place.href}>
            <Link
              href={place.href}
              // The styles of a place nobody goes to would be fetched for nothing, which browsers complain about.
              prefetch={false}
              className={cx(styles.place, place === current && styles.current)}
              aria-current={place === current ? 'page' : undefined}
            >
              <Icon name={place.icon} size={20} />
              <span>{place.label}</span>
            </Link>
          </li>
        ))}
      </ul>
      <div className={styles.foot}>
        {network !== null && <span>{network.name}</span>}
        <Link href="/licences/">Licences</Link>
      </div>
    </nav>
  );
}

/** The light client's state. The numbers of blocks change all the time and are not read out; the phase is. */
function ChainPill() {
  const { sign, phase, detail } = chainWords(useObservable(useCockpit().chain));
  return (
    <>
      <Link href="/network/" prefetch={false} className={styles.pill}>
        <Status state={sign} compact>
          {phase}
        </Status>
        <span className={cx(detail !== undefined && styles.wideOnly)} aria-hidden="true">
          {phase}
        </span>
        {detail !== undefined && <span className={styles.number}>{detail}</span>}
      </Link>
      <VisuallyHidden>
        <span role="status">Chain: {phase}</span>
      </VisuallyHidden>
    </>
  );
}

const themeIcons: Readonly<Record<Theme, IconName>> = { system: 'system', light: 'sun', dark: 'moon' };
const themeNames: Readonly<Record<Theme, string>> = { system: 'as the system', light: 'light', dark: 'dark' };

function ThemeSwitch() {
  const current = useSyncExternalStore(
    (listener) => theme.subscribe(listener),
    () => theme.get(),
    () => 'system' as const,
  );
  const next = nextTheme(current);
  return (
    <IconButton
      icon={themeIcons[current]}
      label={`Theme: ${themeNames[current]}. Change to ${themeNames[next]}`}
      onClick={() => theme.set(next)}
    />
  );
}
