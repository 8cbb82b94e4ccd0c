/** Everything that reads bytes of strangers. */
import type { Target } from '../target.ts';
import { cockpitTargets } from './cockpit.ts';
import { dxRpcTargets } from './dx-rpc.ts';
import { dxTargets } from './dx.ts';
import { inferenceTargets } from './inference.ts';
import { marketTargets } from './market.ts';
import { modelTargets } from './models.ts';
import { wingmanTargets } from './wingman.ts';

export const targets: readonly Target[] = [
  ...dxTargets,
  ...dxRpcTargets,
  ...inferenceTargets,
  ...modelTargets,
  ...marketTargets,
  ...cockpitTargets,
  ...wingmanTargets,
];
