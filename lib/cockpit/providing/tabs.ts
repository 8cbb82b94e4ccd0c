/** What the tabs of a browser tell each other about providing: one is at it, and the others show that. */
import type { ProvidingStatus } from '../types.ts';

export type TabMessage =
  /** What is kept has changed: the state, the settings or the models. */
  | { readonly kind: 'changed' }
  /** The journal has new entries. */
  | { readonly kind: 'noted' }
  /** How the tab is that is at it. */
  | { readonly kind: 'status'; readonly status: ProvidingStatus };

export interface Tabs {
  tell(message: TabMessage): void;
  close(): void;
}

/** The other tabs of this network. */
export function otherTabs(network: string, listen: (message: TabMessage) => void): Tabs {
  if (typeof BroadcastChannel === 'undefined') return { tell: () => undefined, close: () => undefined };
  const channel = new BroadcastChannel(`airo-providing-${network}`);
  channel.addEventListener('message', ({ data }) => listen(data as TabMessage));
  let isOpen = true;
  return {
    tell(message) {
      if (isOpen) channel.postMessage(message);
    },
    close() {
      isOpen = false;
      channel.close();
    },
  };
}
