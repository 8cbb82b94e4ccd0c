/** The production build of the Cockpit for a market, served by https from an origin that knows nothing of the market. */
import type { TestContext } from 'node:test';

import { withBootNodes } from '../../scripts/chain/specs.ts';
import { startCockpit } from '../../scripts/demo/cockpit.ts';
import type { Marketplace } from '../../scripts/demo/marketplace.ts';
import { afterwards } from '../../test/support/cleanup.ts';
import { temporaryFolder } from '../../test/support/marketplace.ts';
import { selfSignedCertificate } from './certificate.ts';

/**
 * Serves the Cockpit until the test is over. The page is told of WebRTC addresses alone, so that nothing else can work.
 *
 * @returns the origin, with a slash at its end
 */
export async function serveCockpit(t: TestContext, { node, dx }: Pick<Marketplace, 'node' | 'dx'>): Promise<string> {
  const folder = await temporaryFolder(t);
  const tls = await selfSignedCertificate(folder);
  const byWebRtc = { dx, node: { ...node, spec: withBootNodes(node.spec, [node.webrtcAddress]) } };
  const app = await startCockpit(byWebRtc, folder, { tls, onLine: (line) => t.diagnostic(line), signal: t.signal });
  afterwards(t, () => app.stop());
  return app.url;
}
