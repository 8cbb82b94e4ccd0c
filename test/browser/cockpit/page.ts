/** A page with the Cockpit behind it and no views. */
import { createCockpit } from '../../../lib/cockpit/cockpit.ts';
import type { Cockpit, Loaded, Observable, Query } from '../../../lib/cockpit/types.ts';

declare global {
  interface Window {
    cockpit: Cockpit;
    /** Waits until a value of the chain is live (and final, if asked), and gives it. */
    live: <T>(query: Query<T>, isFinal?: boolean) => Promise<T>;
    /** The states that a query has gone through until it was live. */
    statesOf: (query: Query<unknown>) => Promise<readonly Loaded<unknown>['state'][]>;
    /** Waits until a value is as wanted, and gives it. */
    until: <T>(observable: Observable<T>, isWanted: (value: T) => boolean) => Promise<T>;
  }
}

// What the policy forbids is not always said in the console.
addEventListener('securitypolicyviolation', ({ violatedDirective, blockedURI, sourceFile }) => {
  console.error(`${violatedDirective} forbids ${blockedURI} in ${sourceFile}`);
});

window.cockpit = createCockpit();

window.until = (observable, isWanted) =>
  new Promise((resolve) => {
    const look = () => {
      const value = observable.get();
      if (!isWanted(value)) return;
      unsubscribe();
      resolve(value);
    };
    const unsubscribe = observable.subscribe(look);
    queueMicrotask(look);
  });

window.live = async (query, isFinal = false) => {
  const loaded = await window.until(query, (value) => value.state === 'live' && (value.isFinal || !isFinal));
  if (loaded.state !== 'live') throw new Error('It is not live.');
  return loaded.value;
};

window.statesOf = async (query) => {
  const states: Loaded<unknown>['state'][] = [];
  await window.until(query, ({ state }) => {
    if (states.at(-1) !== state) states.push(state);
    return state === 'live';
  });
  return states;
};

window.cockpit.start();
