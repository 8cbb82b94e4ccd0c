import assert from 'node:assert/strict';
import { test } from 'node:test';

import { Channel, Limit, Pulse } from './concurrency.ts';

test('a channel gives what was pushed in order, also what was pushed before it failed', async () => {
  const channel = new Channel<number>();
  channel.push(1);
  const values: number[] = [];
  const reading = (async () => {
    for await (const value of channel) values.push(value);
  })();
  await Promise.resolve();
  channel.push(2);
  channel.push(3);
  channel.fail(new Error('broken'));
  channel.push(4);
  await assert.rejects(reading, /broken/);
  assert.deepEqual(values.slice(0, 3), [1, 2, 3]);
});

test('a pulse misses no change, and can be given up', async () => {
  const pulse = new Pulse();
  const seen = pulse.count;
  pulse.beat();
  await pulse.after(seen, new AbortController().signal);
  const stop = new AbortController();
  const waiting = pulse.after(pulse.count, stop.signal);
  stop.abort(new Error('given up'));
  await assert.rejects(waiting, /given up/);
  const next = pulse.after(pulse.count, new AbortController().signal);
  pulse.beat();
  await next;
});

test('a limit is never exceeded, and a task that fails frees its place', async () => {
  const limit = new Limit(2);
  let [running, most] = [0, 0];
  const task = (i: number) =>
    limit.run(async () => {
      most = Math.max(most, ++running);
      await new Promise((resolve) => setTimeout(resolve, 0));
      running -= 1;
      if (i === 1) throw new Error('failed');
      return i;
    });
  const results = await Promise.allSettled([0, 1, 2, 3, 4].map(task));
  assert.equal(most, 2);
  assert.deepEqual(
    results.map(({ status }) => status),
    ['fulfilled', 'rejected', 'fulfilled', 'fulfilled', 'fulfilled'],
  );
});
