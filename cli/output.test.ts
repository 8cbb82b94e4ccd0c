import assert from 'node:assert/strict';
import { test } from 'node:test';

import { bareAmount, counted, duration, list, Output, percent, table, toJson } from './output.ts';

function written(json: boolean, tty: boolean) {
  const streams = { out: '', err: '' };
  const out = new Output(
    json,
    { write: (text) => (streams.out += text) },
    { isTTY: tty, columns: 12, write: (text) => (streams.err += text) },
  );
  return { out, streams };
}

test('a table is aligned, numbers to the right, and says so when it is empty', () => {
  const columns = [{ head: 'N', align: 'right' }, 'NAME', 'X'] as const;
  assert.equal(
    table(
      columns,
      [
        ['1', 'ä😀', 'x'],
        ['10', 'long', ''],
      ],
      'nothing',
    ),
    [' N  NAME  X', ' 1  ä😀    x', '10  long'].join('\n'),
  );
  assert.equal(table(columns, [], 'nothing'), 'nothing');
  assert.equal(
    list([
      ['A', '1'],
      ['Long', '2'],
    ]),
    'A     1\nLong  2',
  );
});

test('amounts, durations, parts and numbers of things are written for people', () => {
  assert.equal(bareAmount(1_500_000_000_000n), '1.5');
  assert.deepEqual([12.4, 1_500, 90_000, 3_600_000, 5_400_000].map(duration), [
    '12 ms',
    '1.5 s',
    '2 min',
    '1 h',
    '1.5 h',
  ]);
  assert.equal(percent(0.9876), '98.8 %');
  assert.deepEqual([counted(1, 'bid'), counted(2, 'bid')], ['1 bid', '2 bids']);
});

test('JSON has amounts as strings', () => {
  assert.deepEqual(JSON.parse(toJson({ a: 10n ** 30n, b: [1] })), { a: `1${'0'.repeat(30)}`, b: [1] });
});

test('with --json only the document goes to standard output', () => {
  const { out, streams } = written(true, false);
  out.print('a table');
  out.note('on the way');
  out.live('half');
  out.document({ a: 1n });
  assert.deepEqual(JSON.parse(streams.out), { a: '1' });
  assert.equal(streams.err, 'on the way\n');
});

test('without a terminal there are only whole lines', () => {
  const { out, streams } = written(false, false);
  out.live('half');
  out.print('a table');
  out.document({ a: 1n });
  assert.deepEqual(streams, { out: 'a table\n', err: '' });
});

test('on a terminal one line is kept up to date below what is written, within its width', () => {
  const { out, streams } = written(false, true);
  out.live('half of it is done');
  out.note('note');
  out.document({});
  assert.equal(streams.err, 'half of it \r\u001b[Knote\nhalf of it \r\u001b[K');
});
