/** Whether a tab that is on takes new work now, and why not. */
import type { Restrained, Restraint } from '../types.ts';

/** What is known of the device, the tab and the connections. */
export interface Signals {
  /** Whether the tab is not seen, and whether it runs late; see `pulse.ts`. */
  readonly isHidden: boolean;
  readonly isLate: boolean;
  /** The browser has said that it freezes the tab. */
  readonly isFrozen: boolean;
  /** `null` where the browser does not tell. */
  readonly isCharging: boolean | null;
  readonly isInUse: boolean;
  readonly isOnline: boolean;
  readonly hasChain: boolean;
  readonly hasDx: boolean;
  /** `null` until the chain was asked. */
  readonly isNamed: boolean | null;
  readonly hasFees: boolean | null;
  /** Whether the stake is what the market asks for. */
  readonly hasStake: boolean | null;
  /** Whether what is done is kept over a reload. */
  readonly isKept: boolean;
  /** Whether a chosen model is ready and announced. */
  readonly hasModel: boolean;
}

/** Everything that speaks against new work, the most general first. */
export function restrainedBy(signals: Signals, restraint: Restraint): readonly Restrained[] {
  const reasons: readonly (readonly [Restrained, boolean])[] = [
    ['offline', !signals.isOnline],
    ['chainLost', !signals.hasChain],
    ['dxLost', !signals.hasDx],
    // A tab in front that runs late is busy itself; its measured times say so already.
    ['hidden', signals.isFrozen || (signals.isHidden && signals.isLate)],
    ['battery', restraint.onlyOnMains && signals.isCharging === false],
    ['inUse', restraint.onlyWhenIdle && signals.isInUse],
    ['storageFull', !signals.isKept],
    ['notNamed', signals.isNamed === false],
    ['stakeTooLow', signals.hasStake === false],
    ['noFees', signals.hasFees === false],
    ['noModel', !signals.hasModel],
  ];
  return reasons.filter(([, applies]) => applies).map(([reason]) => reason);
}
