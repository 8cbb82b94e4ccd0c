'use client';
/** The network as this tab sees it: the light client, the blocks, and the peers of Dx. */
import { useCockpit, useObservable } from '../cockpit.tsx';
import { Page } from '../ui/layout.tsx';
import { BlocksSection } from './blocks-section.tsx';
import { BootSection } from './boot-section.tsx';
import { DxSection } from './dx-section.tsx';
import { LightClientSection } from './light-client-section.tsx';

/** The view behind `/network/`. */
export function NetworkView() {
  const network = useObservable(useCockpit().network);
  return (
    <Page
      title="Network"
      kicker={network === null ? undefined : [...new Set([network.name, network.chainName])].join(' · ')}
      lead="No server stands between you and the market. This tab runs a light client of the chain and a peer of Dx; here is what both of them see."
    >
      <LightClientSection />
      <BlocksSection />
      <DxSection />
      <BootSection />
    </Page>
  );
}
