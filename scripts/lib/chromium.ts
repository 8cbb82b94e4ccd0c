/** Finding a Chromium: the one of the system is used, so that nothing has to be downloaded. */
import { existsSync } from 'node:fs';

import { chromium } from 'playwright';

import { findProgram, type Requirement } from './packages.ts';

const usualPlaces = [
  'chromium',
  'chromium-browser',
  'google-chrome-stable',
  'google-chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
];

/**
 * The executable of a Chromium: what `AIRO_CHROMIUM` names, else one in the usual places, else the one that Playwright
 * has downloaded; `undefined` when there is none.
 */
export function findChromium(env: Readonly<Record<string, string | undefined>> = process.env): string | undefined {
  const named = env.AIRO_CHROMIUM;
  if (named) return findProgram(named, env.PATH);
  for (const place of usualPlaces) {
    const found = findProgram(place, env.PATH);
    if (found !== undefined) return found;
  }
  const downloaded = chromium.executablePath();
  return existsSync(downloaded) ? downloaded : undefined;
}

export const chromiumRequirement: Requirement = {
  name: 'chromium',
  package: 'chromium',
  isThere: () => findChromium() !== undefined,
};

/**
 * Arguments under which Chromium works as root, without a network beside this machine, and without asking anything;
 * see docs/testing.md.
 */
export const chromiumArguments = [
  '--no-sandbox',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];
