'use client';
/** The one Cockpit of the page, and the hooks by which views look at it. */
import {
  createContext,
  useCallback,
  useContext,
  useEffect,
  useState,
  useSyncExternalStore,
  type ReactNode,
} from 'react';

import { createCockpit } from '../lib/cockpit/cockpit.ts';
import { LOADING } from '../lib/cockpit/loaded.ts';
import type { Cockpit, Loaded, Observable, Query } from '../lib/cockpit/types.ts';

const Context = createContext<Cockpit | null>(null);

/**
 * Makes the Cockpit and starts it once the page is shown. It lasts as long as the document does: it is shared by all pages
 * of the app, and React's strict mode must not end it.
 */
export function CockpitProvider({ children, base }: { readonly children: ReactNode; readonly base?: string }) {
  const [cockpit] = useState(() => createCockpit(base === undefined ? {} : { base }));
  useEffect(() => cockpit.start(), [cockpit]);
  return <Context value={cockpit}>{children}</Context>;
}

/** The Cockpit. @throws outside of {@link CockpitProvider} */
export function useCockpit(): Cockpit {
  const cockpit = useContext(Context);
  if (cockpit === null) throw new Error('useCockpit is used outside of a CockpitProvider.');
  return cockpit;
}

/** The value of an observable; the component is drawn again when it changes. */
export function useObservable<T>(observable: Observable<T>): T {
  const subscribe = useCallback((listener: () => void) => observable.subscribe(listener), [observable]);
  const get = () => observable.get();
  return useSyncExternalStore(subscribe, get, get);
}

/** What is known of a value of the chain. Without a query, as long as it is not known what to ask: `loading`. */
export function useQuery<T>(query: Query<T> | null | undefined | false): Loaded<T> {
  return useObservable<Loaded<T>>(query === null || query === undefined || query === false ? nothing : query);
}

const nothing: Observable<Loaded<never>> = { get: () => LOADING, subscribe: () => () => undefined };
