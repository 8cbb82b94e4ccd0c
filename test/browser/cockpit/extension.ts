/**
 * What the Substrate Connect extension puts into a page: it answers who looks for light clients, here with a smoldot of
 * its own in the page. By the page's fragment it takes no chain, or does not answer.
 */
import { start, type Chain } from 'smoldot';

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
  provider: Promise.resolve({ addChain }),
};

function addChain(chainSpec: string): Promise<Chain> {
  switch (location.hash) {
    case '#refuses':
      return Promise.reject(new Error('The extension takes no chain.'));
    case '#silent':
      return new Promise(() => undefined);
    default:
      return client.addChain({ chainSpec });
  }
}

addEventListener('substrateDiscovery:requestProvider', (event) => {
  const { detail } = event as CustomEvent<{ readonly onProvider: (offered: typeof offer) => void }>;
  detail.onProvider(offer);
});
