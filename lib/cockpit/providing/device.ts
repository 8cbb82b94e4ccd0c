/** What a browser tells of the device and of this tab, as far as it does. */
import { Value } from '../observable.ts';
import { BEAT_MS, Pulse, type Interruption } from './pulse.ts';
import type { Signals } from './restraint.ts';

export type DeviceSignals = Pick<Signals, 'isHidden' | 'isLate' | 'isFrozen' | 'isCharging' | 'isInUse' | 'isOnline'>;

/** Somebody who did nothing for so long does not use the device. */
const idleAfterMs = 60_000;
const inputs = ['pointerdown', 'pointermove', 'keydown', 'wheel', 'touchstart'] as const;

interface Battery extends EventTarget {
  readonly charging: boolean;
}

interface IdleDetector extends EventTarget {
  readonly userState: 'active' | 'idle' | null;
  start(options: { readonly threshold: number; readonly signal: AbortSignal }): Promise<void>;
}

/** Interfaces that not every browser has. */
interface Extras {
  readonly getBattery?: () => Promise<Battery>;
}

/** Watches until it is closed. */
export class Device {
  readonly signals: Value<DeviceSignals>;
  readonly #closing = new AbortController();
  readonly #onInterruption: (interruption: Interruption) => void;
  readonly #pulse = new Pulse(Date.now());
  #timer: ReturnType<typeof setTimeout> | undefined;
  #lastInputMs = Date.now();
  #detector: IdleDetector | null = null;

  /** @param onInterruption told when the tab runs again after it did not, or not as it should */
  constructor(onInterruption: (interruption: Interruption) => void) {
    this.#onInterruption = onInterruption;
    this.signals = new Value<DeviceSignals>({
      ...{ isHidden: document.visibilityState === 'hidden', isLate: false, isFrozen: false },
      ...{ isCharging: null, isInUse: true, isOnline: navigator.onLine },
    });
    const { signal } = this.#closing;
    document.addEventListener('visibilitychange', () => this.#look(), { signal });
    // The last that a page hears before it is frozen. New work would not be done.
    document.addEventListener('freeze', () => this.#set({ isFrozen: true }), { signal });
    document.addEventListener('resume', () => this.#set({ isFrozen: false }), { signal });
    addEventListener('online', () => this.#look(), { signal });
    addEventListener('offline', () => this.#look(), { signal });
    for (const input of inputs) {
      addEventListener(input, () => (this.#lastInputMs = Date.now()), { signal, passive: true, capture: true });
    }
    void this.#watchBattery();
    void this.#watchUse();
    this.#beat();
  }

  close(): void {
    this.#closing.abort(new Error('Nobody watches any more.'));
    clearTimeout(this.#timer);
  }

  #beat(): void {
    const interruption = this.#pulse.beat(Date.now());
    this.#look();
    if (interruption !== null) this.#onInterruption(interruption);
    // Each beat begins the next one, so that late ones do not pile up.
    this.#timer = setTimeout(() => this.#beat(), BEAT_MS);
  }

  #look(): void {
    const state = this.#detector?.userState ?? null;
    this.#set({
      isHidden: document.visibilityState === 'hidden',
      isLate: this.#pulse.isLate,
      isOnline: navigator.onLine,
      isInUse: state === null ? Date.now() - this.#lastInputMs < idleAfterMs : state === 'active',
    });
  }

  #set(fields: Partial<DeviceSignals>): void {
    const before = this.signals.get();
    const after = { ...before, ...fields };
    const names = Object.keys(after) as (keyof DeviceSignals)[];
    if (names.some((name) => after[name] !== before[name])) this.signals.set(after);
  }

  async #watchBattery(): Promise<void> {
    const { signal } = this.#closing;
    try {
      const battery = await (navigator as Extras).getBattery?.();
      if (battery === undefined || signal.aborted) return;
      const look = () => this.#set({ isCharging: battery.charging });
      battery.addEventListener('chargingchange', look, { signal });
      look();
    } catch {
      // The browser does not tell.
    }
  }

  /** Whoever has allowed it lets the browser tell whether anybody uses the device; else only this tab is known. */
  async #watchUse(): Promise<void> {
    const { signal } = this.#closing;
    try {
      const { IdleDetector: Detector } = globalThis as { readonly IdleDetector?: new () => IdleDetector };
      const permission = await navigator.permissions.query({ name: 'idle-detection' as PermissionName });
      if (Detector === undefined || permission.state !== 'granted' || signal.aborted) return;
      const detector = new Detector();
      detector.addEventListener('change', () => this.#look(), { signal });
      await detector.start({ threshold: idleAfterMs, signal });
      this.#detector = detector;
      this.#look();
    } catch {
      // The browser does not tell.
    }
  }
}
