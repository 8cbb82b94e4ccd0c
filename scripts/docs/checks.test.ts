/** The checks of the documents find what they look for. */
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { brokenLinks, npmScript, shownCommands, unknownOptions, unknownScripts, wrongAiroCommands } from './checks.ts';
import { commandsOf } from './commands.ts';
import { anchorOf, parseMarkdown } from './markdown.ts';

const documentsOf = (text: string) => new Map([['docs/page.md', parseMarkdown('docs/page.md', text)]]);

test('a link to nothing is found, one in code is none', async () => {
  const text = [
    '# The page: `a` & b',
    '[here](#the-page-a--b) [there](../package.json) [web](https://example.org) ![p](missing.png)',
    '`[code](nowhere.md)` [gone](#gone) [out](../../outside)',
    '```md\n[block](nowhere.md)\n```',
  ].join('\n');
  const found = await brokenLinks(documentsOf(text));
  assert.deepEqual(
    found.map((finding) => finding.split(': ').slice(0, 2).join(' ')),
    ['docs/page.md:2 missing.png', 'docs/page.md:3 #gone', 'docs/page.md:3 ../../outside'],
  );
});

test('headings have the anchors that GitHub gives them', () => {
  assert.equal(anchorOf('`PATCH /v1/config`'), 'patch-v1config');
  assert.equal(anchorOf('What [it](x.md) *is*, for owners'), 'what-it-is-for-owners');
  assert.deepEqual([...parseMarkdown('x.md', '# A\n# A\n# A').anchors], ['a', 'a-1', 'a-2']);
});

test('commands are read as a shell reads them', () => {
  const text = [
    'AIRO_CHAIN=ws://x airo order --model 0 \\',
    '  --max-price 0.5 > order.txt   # a remark',
    'airo model show 0 | jq ".a # b" && npm run dx -- --host "1 2" 2>&1',
    '# nothing',
    'airo account "$(cat key)"',
  ].join('\n');
  assert.deepEqual(commandsOf(text), [
    { words: ['airo', 'order', '--model', '0', '--max-price', '0.5'], line: 0 },
    { words: ['airo', 'model', 'show', '0'], line: 2 },
    { words: ['jq', '.a # b'], line: 2 },
    { words: ['npm', 'run', 'dx', '--', '--host', '1 2'], line: 2 },
    { words: ['airo', 'account', '$(cat key)'], line: 4 },
  ]);
  assert.throws(() => commandsOf('echo "open'), /not closed/);
});

test('scripts, commands and options that do not exist are found', () => {
  const text = [
    '```sh',
    'npm run --silent airo -- models --retired',
    'npm run nothing -- --x',
    'airo models 3',
    'airo accept',
    '```',
    'With `airo order --model`, `airo model`, `airo order --nope`, `airo nope` and `npm test`.',
  ].join('\n');
  const shown = shownCommands(documentsOf(text).values());
  assert.deepEqual(unknownScripts(shown, ['airo', 'test']), ['docs/page.md:3: package.json has no script nothing.']);
  assert.deepEqual(
    wrongAiroCommands(shown).map((finding) => finding.split(' ').slice(0, 4).join(' ')),
    [
      'docs/page.md:4: airo models 3:',
      'docs/page.md:5: airo accept: ORDER',
      'docs/page.md:7: airo order --nope:',
      'docs/page.md:7: airo nope: there',
    ],
  );
  assert.deepEqual(npmScript(['npm', 'run', '--silent', 'wingman', '--', '--check']), {
    name: 'wingman',
    args: ['--check'],
  });
  assert.deepEqual(npmScript(['npm', 'test']), { name: 'test', args: [] });
  assert.equal(npmScript(['npm', 'ci']), undefined);
  assert.deepEqual(unknownOptions(['--host', 'x', '--hots=y', '--help'], '  --host IP  Listen.'), ['--hots']);
});

test('code that does not end is an error', () => {
  assert.throws(() => parseMarkdown('x.md', 'a\n```sh\nls'), /x\.md, line 2/);
});
