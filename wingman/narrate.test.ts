import assert from 'node:assert/strict';
import { PassThrough } from 'node:stream';
import { test } from 'node:test';

import type { Decision, Execution } from '../lib/provider/ports.ts';
import { createLog } from '../scripts/lib/log.ts';
import { narrator } from './narrate.ts';

function told() {
  const output = new PassThrough();
  let now = 0;
  const tell = narrator(createLog({ format: 'text', level: 'info' }, output), () => now);
  return {
    tell,
    later: (ms: number) => (now += ms),
    lines: () =>
      String(output.read() ?? '')
        .split('\n')
        .filter((line) => line !== '')
        .map((line) => line.slice('00:00:00 '.length)),
  };
}

const decision: Decision = {
  order: 3,
  at: 1,
  block: 9,
  action: 'bid',
  price: 500_000_000_000n,
  rule: 'strategy',
  reason: 'It pays.',
  result: 'pending',
  error: null,
};
const execution: Execution = {
  agreement: 2,
  index: 5,
  payload: 'bafkrei',
  stage: 'answered',
  times: { seen: 1_000, answered: 1_400 },
  output: null,
  failure: null,
  reason: null,
};

test('a bid is told with its price and reason, what became of it, and not again for the same reason', () => {
  const { tell, lines } = told();
  tell({ event: 'decided', decision });
  tell({ event: 'decided', decision: { ...decision, at: 2 } });
  tell({ event: 'decided', decision: { ...decision, result: 'included' } });
  tell({ event: 'decided', decision: { ...decision, result: 'failed', error: 'BiddingClosed' } });
  assert.deepEqual(lines(), [
    'INFO  bid at 0.5 AIRO: It pays. order=3 rule=strategy',
    'INFO  bid at 0.5 AIRO is on the chain order=3 rule=strategy',
    'WARN  bid at 0.5 AIRO was refused order=3 rule=strategy error=BiddingClosed',
  ]);
});

test('an answer is told with its time, a failure with its reason', () => {
  const { tell, lines } = told();
  const output = { content: 'bafyresult', commitment: '0x00' } as const;
  const failed = { ...execution, failure: 'CannotDecrypt', reason: 'for another key' } as const;
  tell({ event: 'execution', order: 3, execution: { ...execution, output } });
  tell({ event: 'execution', order: 3, execution: failed });
  tell({ event: 'execution', order: 3, execution: { ...execution, stage: 'downloaded' } });
  const about = 'order=3 agreement=2 request=5 payload=bafkrei';
  assert.deepEqual(lines(), [
    `INFO  answered ${about} result=bafyresult ms=400`,
    `WARN  for another key ${about} failure=CannotDecrypt ms=400`,
  ]);
});

test('a trouble that repeats itself is told once a minute', () => {
  const { tell, later, lines } = told();
  const error = new Error('no answer');
  const trouble = { event: 'trouble', where: 'reading the chain', about: {}, error } as const;
  tell(trouble);
  later(30_000);
  tell(trouble);
  assert.equal(lines().length, 1);
  later(30_000);
  tell(trouble);
  assert.deepEqual(lines(), ['WARN  reading the chain; it is tried again Error: no answer']);
});

test('the same trouble with another request is told, and each line says what it is about', () => {
  const { tell, lines } = told();
  const error = new Error('lost');
  const about = { order: 3, agreement: 2, request: 5 };
  tell({ event: 'trouble', where: 'answering', about, error });
  tell({ event: 'trouble', where: 'answering', about: { ...about, request: 6 }, error });
  assert.deepEqual(lines(), [
    'WARN  answering; it is tried again Error: lost order=3 agreement=2 request=5',
    'WARN  answering; it is tried again Error: lost order=3 agreement=2 request=6',
  ]);
});
