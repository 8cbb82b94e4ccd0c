/** What went over a page's WebRTC connections, and to whom, as the browser itself counts it. */
import type { BrowserContext, Page } from 'playwright';

/** A connection, with what its data channels have carried. */
interface Carried {
  /** The other side's UDP port. */
  readonly port: number;
  readonly bytesSent: number;
  readonly bytesReceived: number;
}

interface Watching {
  airoConnections?: RTCPeerConnection[];
}

/** Watches all pages of a context. Call it before there is one. */
export async function watchConnections(context: BrowserContext): Promise<void> {
  await context.addInitScript(rememberConnections);
}

/** Runs in the page, before anything of its own. */
function rememberConnections(): void {
  const page = window as typeof window & Watching;
  const all: RTCPeerConnection[] = [];
  page.airoConnections = all;
  const Plain = page.RTCPeerConnection;
  page.RTCPeerConnection = class extends Plain {
    constructor(configuration?: RTCConfiguration) {
      super(configuration);
      all.push(this);
    }
  };
}

/** The connections that are open now. */
async function connectionsOf(page: Page): Promise<readonly Carried[]> {
  return page.evaluate(async () => {
    const all = (window as typeof window & Watching).airoConnections ?? [];
    const open = all.filter(({ connectionState }) => connectionState === 'connected');
    const carried: Carried[] = [];
    for (const connection of open) {
      const stats = [...(await connection.getStats()).values()] as Record<string, unknown>[];
      const byId = new Map(stats.map((one) => [one.id, one]));
      const transport = stats.find(({ type }) => type === 'transport');
      const pair = byId.get(transport?.selectedCandidatePairId);
      const other = byId.get(pair?.remoteCandidateId);
      const sum = (key: string) =>
        stats.filter(({ type }) => type === 'data-channel').reduce((all, one) => all + Number(one[key] ?? 0), 0);
      carried.push({
        port: Number(other?.port ?? 0),
        bytesSent: sum('bytesSent'),
        bytesReceived: sum('bytesReceived'),
      });
    }
    return carried;
  });
}

/** What the page's connections to anybody but these servers have carried: those are connections from tab to tab. */
export async function carriedDirectly(
  page: Page,
  servers: readonly string[],
): Promise<Pick<Carried, 'bytesSent' | 'bytesReceived'>> {
  const ports = new Set(servers.map((address) => Number(/\/udp\/(\d+)\//.exec(address)?.[1])));
  const others = (await connectionsOf(page)).filter(({ port }) => !ports.has(port));
  const sum = (key: 'bytesSent' | 'bytesReceived') => others.reduce((all, carried) => all + carried[key], 0);
  return { bytesSent: sum('bytesSent'), bytesReceived: sum('bytesReceived') };
}
