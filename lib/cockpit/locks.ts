/** Work that only one tab of a browser does at a time. */

export interface Locks {
  /** Takes a lock if nobody has it; returns what gives it back, or `null` when it is taken. */
  take(name: string): Promise<(() => void) | null>;
  /** Waits until nobody has it. @throws the signal's reason */
  untilFree(name: string, signal: AbortSignal): Promise<void>;
  /** Whether anybody has it, this tab included. */
  isTaken(name: string): Promise<boolean>;
}

/** The browser's Web Locks; where there are none (a page that is not served securely), locks of this tab alone. */
export function tabLocks(): Locks {
  // Not there in pages without TLS, whatever the types say, nor where pages are prerendered.
  const { locks } = (globalThis as { readonly navigator?: { readonly locks?: LockManager } }).navigator ?? {};
  return locks === undefined ? memoryLocks() : webLocks(locks);
}

function webLocks(manager: LockManager): Locks {
  return {
    async take(name) {
      const { promise: taken, resolve, reject } = Promise.withResolvers<(() => void) | null>();
      manager
        .request(name, { ifAvailable: true }, async (lock) => {
          if (lock === null) {
            resolve(null);
            return;
          }
          const { promise: released, resolve: release } = Promise.withResolvers<undefined>();
          resolve(() => release(undefined));
          await released;
        })
        .catch((error: unknown) => reject(error as Error));
      return taken;
    },
    async untilFree(name, signal) {
      await manager.request(name, { signal }, () => undefined);
    },
    async isTaken(name) {
      const { held = [] } = await manager.query();
      return held.some((lock) => lock.name === name);
    },
  };
}

/** Locks within this page. */
export function memoryLocks(): Locks {
  const held = new Map<string, PromiseWithResolvers<undefined>>();
  return {
    take(name) {
      if (held.has(name)) return Promise.resolve(null);
      const lock = Promise.withResolvers<undefined>();
      held.set(name, lock);
      return Promise.resolve(() => {
        if (held.get(name) === lock) held.delete(name);
        lock.resolve(undefined);
      });
    },
    async untilFree(name, signal) {
      signal.throwIfAborted();
      const aborted = Promise.withResolvers<never>();
      const onAbort = () => aborted.reject(signal.reason as Error);
      signal.addEventListener('abort', onAbort, { once: true });
      try {
        for (let lock = held.get(name); lock !== undefined; lock = held.get(name)) {
          await Promise.race([lock.promise, aborted.promise]);
        }
      } finally {
        signal.removeEventListener('abort', onAbort);
      }
    },
    isTaken: (name) => Promise.resolve(held.has(name)),
  };
}
