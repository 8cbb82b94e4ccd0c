/**
 * What the Substrate Connect extension puts into a page: it answers who looks for light clients, here with a smoldot of
 * its own in the page.
 */
import { start } from 'smoldot';

const client = start({ maxLogLevel: 2, logCallback: () => undefined });

/** As `@substrate/smoldot-discovery` defines it. */
const offer = {
  kind: 'smoldot-v1',
  info: {
    uuid: '5f1b2a64-0000-4000-8000-000000000000',
    name: 'Substrate Connect',
    icon: 'data:,',
    rdns: 'io.github.paritytech.SubstrateConnect',
  },
  provider: Promise.resolve({ addChain: (chainSpec: string) => client.addChain({ chainSpec }) }),
};

addEventListener('substrateDiscovery:requestProvider', (event) => {
  const { detail } = event as CustomEvent<{ readonly onProvider: (offered: typeof offer) => void }>;
  detail.onProvider(offer);
});
