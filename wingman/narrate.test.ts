import assert from 'node:assert/strict';
import { PassThrough } from 'node:stream';
import { test } from 'node:test';

import type { Decision, Execution } from '../lib/provider/ports.ts';
import { createLog } from './log.ts';
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
    'INFO  order 3: bid at 0.5 AIRO: It pays. rule=strategy',
    'INFO  order 3: bid at 0.5 AIRO is on the chain rule=strategy',
    'WARN  order 3: bid at 0.5 AIRO was refused rule=strategy error=BiddingClosed',
  ]);
});

test('an answer is told with its time, a failure with its reason', () => {
  const { tell, lines } = told();
  tell({ event: 'execution', execution });
  tell({ event: 'execution', execution: { ...execution, failure: 'CannotDecrypt', reason: 'for another key' } });
  tell({ event: 'execution', execution: { ...execution, stage: 'downloaded' } });
  assert.deepEqual(lines(), [
    'INFO  agreement 2, request 5: answered ms=400',
    'WARN  agreement 2, request 5: for another key failure=CannotDecrypt ms=400',
  ]);
});

test('a trouble that repeats itself is told once a minute', () => {
  const { tell, later, lines } = told();
  const trouble = { event: 'trouble', where: 'reading the chain', error: new Error('no answer') } as const;
  tell(trouble);
  later(30_000);
  tell(trouble);
  assert.equal(lines().length, 1);
  later(30_000);
  tell(trouble);
  assert.deepEqual(lines(), ['WARN  reading the chain; it is tried again Error: no answer']);
});
