import assert from 'node:assert/strict';
import { test } from 'node:test';

import { placeOf } from './navigation.ts';

test('every view belongs to its place', () => {
  const expected: Readonly<Record<string, string | undefined>> = {
    '/': 'Market',
    '/model/': 'Market',
    '/buy': 'Market',
    '/agreements/': 'Agreements',
    '/agreement/': 'Agreements',
    '/own/': 'Own',
    '/own/register/': 'Own',
    '/provide/': 'Provide',
    '/network': 'Network',
    '/account/': 'Account',
    '/licences/': undefined,
    '/agreementsx/': undefined,
  };
  for (const [path, label] of Object.entries(expected)) assert.equal(placeOf(path)?.label, label, path);
});
