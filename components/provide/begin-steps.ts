/** How far somebody is on the way to the first answer. */
import type { ServedModelInfo } from '../../lib/cockpit/types.ts';
import type { Step } from '../ui/timeline.tsx';
import { readyModels } from './offers.ts';

/** The steps before the browser is a provider. */
export function beginSteps(models: readonly ServedModelInfo[]): readonly Step[] {
  const isReady = readyModels(models).length > 0;
  const isUnderWay = models.some(({ state }) => state === 'downloading' || state === 'measuring');
  return [
    {
      label: 'Choose a model',
      state: isReady ? 'done' : 'current',
      note: isReady ? 'here, and measured' : isUnderWay ? 'on its way' : 'free, and needs no account',
    },
    { label: 'Sign once', state: isReady ? 'current' : 'todo', note: 'stake, bounds, money for fees' },
    { label: 'Switch on', state: 'todo', note: 'and keep the tab open' },
  ];
}
