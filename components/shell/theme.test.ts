import assert from 'node:assert/strict';
import { test } from 'node:test';
import { runInNewContext } from 'node:vm';

import { nextTheme, themeScript } from './theme.ts';

/** Runs the script as a page would, with what is stored. */
function themeAfter(getItem: (key: string) => string | null): string | undefined {
  const documentElement: { dataset: { theme?: string } } = { dataset: {} };
  runInNewContext(themeScript, { localStorage: { getItem }, document: { documentElement } });
  return documentElement.dataset.theme;
}

test('the chosen theme is there before the first paint, and nothing else is taken for one', () => {
  assert.equal(
    themeAfter((key) => (key === 'airo-theme' ? 'dark' : null)),
    'dark',
  );
  assert.equal(
    themeAfter(() => 'light'),
    'light',
  );
  assert.equal(
    themeAfter(() => null),
    undefined,
  );
  assert.equal(
    themeAfter(() => 'system"><script>'),
    undefined,
  );
});

test('a browser that forbids storage shows what the system says', () => {
  const forbidden = () => {
    throw new Error('SecurityError');
  };
  assert.equal(themeAfter(forbidden), undefined);
});

test('the switch comes to every theme', () => {
  assert.equal(nextTheme('system'), 'light');
  assert.equal(nextTheme('light'), 'dark');
  assert.equal(nextTheme('dark'), 'system');
});
