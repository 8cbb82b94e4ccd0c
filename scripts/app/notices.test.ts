import assert from 'node:assert/strict';
import { test } from 'node:test';

import { root } from '../lib/paths.ts';
import { textOf } from './licence-texts.ts';
import { bundledPackages } from './licences.ts';
import { siteNotices } from './notices.ts';

test('every package of the Cockpit has a text of its licence, and each text stands there once', async () => {
  const parts = (await siteNotices(root)).split(`\n${'='.repeat(100)}\n\n`).slice(1);
  const marks = parts.flatMap((part) => part.split('\n').filter((line) => line.startsWith('Package: ')));
  const ids = (await bundledPackages(root)).map(
    ({ name, version, licence }) => `Package: ${name} ${version}: ${licence}`,
  );
  assert.deepEqual([...new Set(marks)].sort(), ['Package: Airo: Apache-2.0', ...ids].sort());
  const texts = parts.map((part) => part.split('\n\n').slice(1).join('\n\n'));
  assert.equal(new Set(texts).size, texts.length);
  for (const text of texts) assert.ok(text.length > 100, text);

  const textsOf = (mark: RegExp) => parts.filter((part) => mark.test(part)).join('\n');
  assert.match(textsOf(/^Package: Airo: /m), /Apache License\s+Version 2\.0/);
  assert.match(textsOf(/^Package: @substrate\/connect /m), /GNU GENERAL PUBLIC LICENSE\s+Version 3/);
  assert.match(textsOf(/^Package: smoldot /m), /As a special exception/);
  assert.match(textsOf(/^Package: onnxruntime-web /m), /Copyright \(c\) Microsoft Corporation/);
  assert.match(textsOf(/^Package: react /m), /Permission is hereby granted/);
  assert.match(textsOf(/^Package: @fontsource-variable\/geist /m), /SIL OPEN FONT LICENSE/i);
});

test('a licence without a text is refused by name, and where there is a choice it is the Apache License', () => {
  const refused = { name: 'NoLicenceText', message: /BSD-3-Clause/ };
  assert.throws(() => textOf('BSD-3-Clause', 'apache', 'somebody'), refused);
  assert.equal(textOf('Apache-2.0 OR MIT', 'apache', 'somebody'), 'apache');
  assert.match(textOf('MIT', 'apache', 'somebody'), /Copyright \(c\) somebody/);
});
