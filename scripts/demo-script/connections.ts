/** What went over a page's WebRTC connections, and to whom, as its data channels count it. */
import type { BrowserContext, Page } from 'playwright';

/** What the data channels of a connection have carried so far. */
interface Carried {
  readonly bytesSent: number;
  readonly bytesReceived: number;
}

interface Watched {
  readonly connection: RTCPeerConnection;
  bytesSent: number;
  bytesReceived: number;
}

interface Watching {
  airoConnections?: Watched[];
}

/** Watches all pages of a context. Call it before there is one. */
export async function watchConnections(context: BrowserContext): Promise<void> {
  await context.addInitScript(countChannels);
}

/**
 * Runs in the page, before anything of its own. The browser's own statistics forget a channel when it closes, and each
 * stream of libp2p is a channel.
 */
function countChannels(): void {
  const page = window as typeof window & Watching;
  const all: Watched[] = [];
  page.airoConnections = all;
  const lengthOf = (data: unknown): number => {
    if (typeof data === 'string') return new TextEncoder().encode(data).length;
    return data instanceof Blob ? data.size : (data as ArrayBuffer | ArrayBufferView).byteLength;
  };
  const watch = (watched: Watched, channel: RTCDataChannel) => {
    const send = channel.send.bind(channel) as (data: unknown) => void;
    channel.send = (data: unknown) => {
      send(data);
      watched.bytesSent += lengthOf(data);
    };
    channel.addEventListener('message', ({ data }) => (watched.bytesReceived += lengthOf(data)));
  };
  const Plain = page.RTCPeerConnection;
  page.RTCPeerConnection = class extends Plain {
    readonly #watched: Watched = { connection: this, bytesSent: 0, bytesReceived: 0 };

    constructor(configuration?: RTCConfiguration) {
      super(configuration);
      all.push(this.#watched);
      this.addEventListener('datachannel', ({ channel }) => watch(this.#watched, channel));
    }

    override createDataChannel(label: string, init?: RTCDataChannelInit): RTCDataChannel {
      const channel = super.createDataChannel(label, init);
      watch(this.#watched, channel);
      return channel;
    }
  };
}

/** The connections that are open now, each with the other side's UDP port. */
async function connectionsOf(page: Page): Promise<readonly (Carried & { readonly port: number })[]> {
  return page.evaluate(async () => {
    const all = (window as typeof window & Watching).airoConnections ?? [];
    const open = all.filter(({ connection }) => connection.connectionState === 'connected');
    return Promise.all(
      open.map(async ({ connection, bytesSent, bytesReceived }) => {
        const stats = [...(await connection.getStats()).values()] as Record<string, unknown>[];
        const byId = new Map(stats.map((one) => [one.id, one]));
        const transport = stats.find(({ type }) => type === 'transport');
        const pair = byId.get(transport?.selectedCandidatePairId);
        const other = byId.get(pair?.remoteCandidateId);
        return { port: Number(other?.port ?? 0), bytesSent, bytesReceived };
      }),
    );
  });
}

/** What the page's connections to anybody but these servers have carried: those are connections from tab to tab. */
export async function carriedDirectly(page: Page, servers: readonly string[]): Promise<Carried> {
  const ports = new Set(servers.map((address) => Number(/\/udp\/(\d+)\//.exec(address)?.[1])));
  const others = (await connectionsOf(page)).filter(({ port }) => !ports.has(port));
  const sum = (key: 'bytesSent' | 'bytesReceived') => others.reduce((all, carried) => all + carried[key], 0);
  return { bytesSent: sum('bytesSent'), bytesReceived: sum('bytesReceived') };
}
