/** How docs/tutorial.md is read: what is executed, what is compared, and what is refused. */
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { hasSteps, parseTutorial, withOutputs, type Commands, type Sentence } from '../support/tutorial.ts';
import { isAsShown, madeAddresses, normalized } from '../support/tutorial-output.ts';
import { readTutorial } from '../support/tutorial-run.ts';
import { stepOf } from '../support/tutorial-steps.ts';

const fence = (info: string, ...lines: readonly string[]) => ['```' + info, ...lines, '```', ''].join('\n');

test('blocks are commands with their outputs, in the sections where they stand', () => {
  const document = [
    '# Title\n\nWords.\n\n## One\n',
    fence('sh', 'echo a', 'echo b') + 'It says:\n',
    fence('text', 'a', 'b'),
    '## Two\n',
    fence('sh terminal=chain', 'run it'),
    fence('text terminal=chain', '^C', 'bye'),
    fence('sh not-run=it-is-far-away', 'curl'),
    fence('sh again status=1', 'try'),
  ].join('\n');
  const [one, two] = parseTutorial(document);
  assert.deepEqual(one, {
    title: 'One',
    parts: [
      {
        ...{ kind: 'commands', line: 7, text: 'echo a\necho b', again: false, status: 0 },
        output: { line: 14, text: 'a\nb' },
      },
    ],
  });
  assert.deepEqual(
    two?.parts.map((part) => [part.kind, 'terminal' in part && part.terminal]),
    [
      ['commands', 'chain'],
      ['screen', 'chain'],
      ['commands', false],
      ['commands', false],
    ],
  );
  const [, screen, far, repeated] = two.parts;
  assert.ok(screen?.kind === 'screen' && screen.interrupted && screen.output.text === 'bye');
  assert.equal((far as Commands).notRun, 'it is far away');
  assert.deepEqual([(repeated as Commands).again, (repeated as Commands).status], [true, 1]);
});

test('what would be neither executed nor compared is refused, with its line', () => {
  const wrong: readonly (readonly [string, RegExp])[] = [
    [fence('js', 'x'), /line 2: a block of "js" is neither executed nor compared/],
    [fence('', 'x'), /a block of ""/],
    [fence('sh fast', 'x'), /"fast" means nothing after sh/],
    [fence('text', 'x'), /belongs to no commands/],
    [fence('sh not-run=far', 'x') + fence('text', 'x'), /belongs to no commands/],
    [fence('sh', 'x') + fence('text', 'x') + fence('text', 'y'), /belongs to no commands/],
    ['```sh\nx', /the block has no end/],
  ];
  for (const [text, message] of wrong) {
    assert.throws(() => parseTutorial(`## One\n${text}`), { name: 'TutorialError', message }, text);
  }
  assert.throws(() => parseTutorial(fence('sh', 'x')), /before the first section/);
});

test('a numbered list is steps, a sentence each, in items of any length', () => {
  const [section] = parseTutorial(
    '## Cockpit\n\n- no step.\n\n1. Press **Sign once. Or twice**. You see\n   **On**.\n2. Draw a seven.\n\nWords. More.\n',
  );
  assert.ok(section !== undefined && hasSteps(section));
  assert.deepEqual(
    section.parts.map((part) => [part.line, (part as Sentence).text]),
    [
      [5, 'Press **Sign once. Or twice**.'],
      [5, 'You see **On**.'],
      [7, 'Draw a seven.'],
    ],
  );
});

test('a sentence that nobody can do or check is refused', () => {
  const step = (text: string) => stepOf({ kind: 'sentence', line: 3, text });
  assert.deepEqual(step('Fill **Highest price for each** with `0.5`.'), {
    ...{ do: 'fill', field: 'Highest price for each', text: '0.5' },
  });
  assert.deepEqual(step('Open **http://localhost:3000/** in another browser.'), {
    ...{ do: 'open', url: 'http://localhost:3000/', elsewhere: true },
  });
  assert.deepEqual(step('Select **fixed** under **How it bids**.'), {
    ...{ do: 'select', field: 'How it bids', option: 'fixed' },
  });
  for (const text of ['Press **On**', 'Press it.', 'Wait a moment.', 'You see **a** or **b**.', 'Draw a three.']) {
    assert.throws(() => step(text), { name: 'TutorialError', message: /line 3: nobody could/ }, text);
  }
});

test('every step of the tutorial is understood', async () => {
  const sentences = (await readTutorial()).flatMap(({ parts }) => parts.filter(({ kind }) => kind === 'sentence'));
  assert.ok(sentences.length > 20);
  for (const sentence of sentences) stepOf(sentence as Sentence);
});

test('an output is the same but for what differs from run to run', () => {
  const shown = 'Order 3 is placed (in block 17, not final yet).\nINPUT   RESULT\n7.png   7 (99.9 %)   1.8 s   0.18';
  assert.ok(isAsShown(shown, shown.replace('3', '12').replace('17', '9').replace('1.8 s', '963 ms')));
  assert.ok(isAsShown(shown, `\n${shown.replaceAll('   ', ' ')}\n\n`));
  for (const [from, to] of [
    ['99.9 %', '12.1 %'],
    ['0.18', '0.2'],
    ['7.png', '8.png'],
    ['not final yet', 'final'],
    ['placed', ''],
  ] as const) {
    assert.ok(!isAsShown(shown, shown.replace(from, to)), from);
  }
  assert.ok(!isAsShown(shown, `${shown}\nmore`));
  assert.ok(!isAsShown(shown, ''));
  const cid = 'bafkreihzf4mr5dlyjixyfok7jaudhdotyde7osydedozgf3swqwgyxf3mm';
  assert.equal(normalized(`${cid} 1000000.123456 AIRO`), 'CID AMOUNT AIRO');
});

test('the lines that tell of bids on their way are not counted', () => {
  const line = (block: number) => `Block ${block}: 1 bid, the lowest 0.2 AIRO by 5DAA\n`;
  assert.ok(isAsShown(`${line(1)}done`, `${line(3)}${line(4)}done`));
  assert.ok(isAsShown(`${line(1)}done`, 'done'));
});

test('gaps stand for anything, in a line and between lines', () => {
  assert.ok(isAsShown('a\n…\nz', 'a\nb\nc\nz'));
  assert.ok(isAsShown('a\n…\nz', 'a\nz'));
  assert.ok(!isAsShown('a\n…\nz', 'a\nb'));
  assert.ok(isAsShown('Peers /ip4/… (TCP)', 'Peers  /ip4/1.2.3.4/tcp/1 (TCP)'));
  assert.ok(!isAsShown('Peers /ip4/… (TCP)', 'Peers /ip4/1.2.3.4/tcp/1 (UDP)'));
  assert.ok(isAsShown('b\nc', 'a\nb\nc\nd', 'within'));
  assert.ok(!isAsShown('b\nd', 'a\nb\nc\nd', 'within'));
});

test('addresses that were made are told from well-known ones, and outputs are written where they stand', () => {
  const made = '5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY';
  assert.deepEqual(madeAddresses(`${made} 5DAAnrj7VHTznn2AWBemMuyBwZWs6FNFjdyVXUeYum3PTXFy`), [made]);
  const document = `## One\n${fence('sh', 'a')}${fence('text', 'old', 'lines')}\n${fence('sh', 'b')}${fence('text', 'old')}`;
  const outputs = parseTutorial(document)[0]?.parts.map((part) => (part as Commands).output ?? assert.fail()) ?? [];
  const written = withOutputs(document, new Map(outputs.map((output, i) => [output, `new ${i}`])));
  assert.equal(
    written,
    `## One\n${fence('sh', 'a')}${fence('text', 'new 0')}\n${fence('sh', 'b')}${fence('text', 'new 1')}`,
  );
});
