'use client';
/** Where the light client and the peer begin. */
import { useCockpit, useObservable } from '../cockpit.tsx';
import { Muted, Section, Stack } from '../ui/layout.tsx';
import { SkeletonLines } from '../ui/placeholder.tsx';
import { CopyButton } from '../ui/values.tsx';
import styles from './boot-section.module.css';

/** The boot nodes and Dx servers that this page was made with. */
export function BootSection() {
  const network = useObservable(useCockpit().network);
  return (
    <Section title="Where it begins">
      <Muted>
        These addresses came with the page. They only introduce this tab to the network: a boot node that lies is found
        out, because everything is checked against the chain’s own specification.
      </Muted>
      {network === null ? (
        <SkeletonLines lines={2} label="The network’s configuration ..." />
      ) : (
        <Stack gap={4}>
          <Addresses title="Boot nodes of the chain" of={network.bootNodes} />
          <Addresses title="Servers of Dx" of={network.dxServers} />
        </Stack>
      )}
    </Section>
  );
}

function Addresses({ title, of }: { readonly title: string; readonly of: readonly string[] }) {
  return (
    <div>
      <h3 className={styles.title}>{title}</h3>
      {of.length === 0 ? (
        <Muted>None.</Muted>
      ) : (
        <ul>
          {of.map((address) => (
            <li key={address} className={styles.address}>
              <code>{address}</code>
              <CopyButton text={address} what="address" />
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}
