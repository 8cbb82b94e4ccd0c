/** Watches what a page does beside what it shows: what it writes to the console, and whom it asks for anything. */
import assert from 'node:assert/strict';

import type { BrowserContext, Page } from 'playwright';

/** What a page did that it should not have done. */
export interface Watched {
  /** Errors, warnings, uncaught exceptions, and what the Content-Security-Policy has stopped. */
  readonly complaints: readonly string[];
  /** Requests and sockets to anybody but the page's own server, and STUN or TURN servers beyond this machine. */
  readonly strangers: readonly string[];
  /** How many peer connections it has opened: everything of the chain and of Dx goes by these. */
  readonly peerConnections: () => number;
}

interface PeerConnectionReport {
  readonly iceServers: readonly string[];
}

/**
 * Watches all pages of a context, those that come later as well. Call it before there is one.
 *
 * @param origin of the page's own server, with a slash at its end
 */
export async function watch(context: BrowserContext, origin: string): Promise<Watched> {
  const complaints: string[] = [];
  const strangers: string[] = [];
  let connections = 0;
  await context.exposeBinding('airoReportPeerConnection', (_source, { iceServers }: PeerConnectionReport) => {
    connections += 1;
    strangers.push(...iceServers.filter((url) => !/^(stun|turn)s?:127\.0\.0\.1:\d+/.test(url)));
  });
  await context.exposeBinding('airoReportViolation', (_source, text: string) => {
    complaints.push(`Content-Security-Policy: ${text}`);
  });
  await context.addInitScript(reportFromPage);
  context.on('page', (page) => watchPage(page, origin, complaints, strangers));
  return { complaints, strangers, peerConnections: () => connections };
}

/** Fails when a page did anything that it should not have done. */
export function assertQuiet({ complaints, strangers }: Watched): void {
  assert.deepEqual({ complaints, strangers }, { complaints: [], strangers: [] });
}

function watchPage(page: Page, origin: string, complaints: string[], strangers: string[]): void {
  page.on('console', (message) => {
    const type = message.type();
    if (type !== 'error' && type !== 'warning') return;
    const { url, lineNumber } = message.location();
    complaints.push(`${type} at ${new URL(page.url()).pathname}: ${message.text()} (${url}:${lineNumber})`);
  });
  page.on('pageerror', (error) => complaints.push(`uncaught: ${error.stack ?? error.message}`));
  page.on('crash', () => complaints.push('The page has crashed.'));
  page.on('websocket', (socket) => strangers.push(socket.url()));
  page.on('request', (request) => {
    const url = request.url();
    if (!url.startsWith(origin) && !/^(data|blob):/.test(url)) strangers.push(url);
  });
}

/** Runs in the page, before anything of its own. */
function reportFromPage(): void {
  const page = window as typeof window & {
    readonly airoReportPeerConnection: (report: PeerConnectionReport) => Promise<void>;
    readonly airoReportViolation: (text: string) => Promise<void>;
  };
  document.addEventListener('securitypolicyviolation', ({ violatedDirective, blockedURI, sourceFile }) => {
    void page.airoReportViolation(`${violatedDirective} forbids ${blockedURI} (${sourceFile})`);
  });
  const Plain = page.RTCPeerConnection;
  page.RTCPeerConnection = class extends Plain {
    constructor(configuration?: RTCConfiguration) {
      super(configuration);
      const iceServers = (configuration?.iceServers ?? []).flatMap(({ urls }) => urls);
      void page.airoReportPeerConnection({ iceServers });
    }
  };
}
