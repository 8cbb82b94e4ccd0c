/** The production build of the Cockpit for a market, served by https from an origin that knows nothing of the market. */
import type { TestContext } from 'node:test';

import { reachedByWebRtc, startCockpit, type Reachable } from '../../scripts/demo/cockpit.ts';
import { afterwards } from '../../test/support/cleanup.ts';
import { temporaryFolder } from '../../test/support/marketplace.ts';
import { selfSignedCertificate } from './certificate.ts';

/**
 * Serves the Cockpit until the test is over. The page is told of WebRTC addresses alone, so that nothing else can work.
 *
 * @returns the origin, with a slash at its end
 */
export async function serveCockpit(t: TestContext, market: Reachable): Promise<string> {
  const folder = await temporaryFolder(t);
  const tls = await selfSignedCertificate(folder);
  const onLine = (line: string) => t.diagnostic(line);
  const app = await startCockpit(reachedByWebRtc(market), folder, { tls, onLine, signal: t.signal });
  afterwards(t, () => app.stop());
  return app.url;
}
