import assert from 'node:assert/strict';
import { test } from 'node:test';

import fc from 'fast-check';

import { StorePolicy, type StoreLimits } from './store-policy.ts';

const limits: StoreLimits = { strangerBytes: 100, strangerMs: 1000, totalBytes: 300 };

/** Stores something that is admitted, and ends its reservation. */
function store(policy: StorePolicy, key: string, bytes: number, now: number): readonly string[] {
  const admission = policy.admit(key, bytes, now);
  assert.ok(admission.admitted, `${key} is admitted`);
  policy.unpin(key);
  return admission.evict;
}

const refusal = (policy: StorePolicy, key: string, bytes: number, now = 0) => {
  const admission = policy.admit(key, bytes, now);
  return admission.admitted ? undefined : admission.reason;
};

test("strangers' data goes when its time is over, and not before", () => {
  const policy = new StorePolicy(limits);
  store(policy, 'a', 10, 0);
  store(policy, 'b', 10, 500);
  assert.deepEqual(policy.expire(999), []);
  assert.deepEqual(policy.expire(1000), ['a']);
  assert.deepEqual(policy.expire(1500), ['b']);
  assert.equal(policy.totalBytes, 0);
});

test("strangers' data beyond the quota displaces the oldest", () => {
  const policy = new StorePolicy(limits);
  store(policy, 'a', 40, 0);
  store(policy, 'b', 40, 1);
  assert.deepEqual(store(policy, 'c', 50, 2), ['a']);
  assert.deepEqual([...policy.keys()], ['b', 'c']);
  assert.equal(policy.strangerBytes, 90);
});

test('what is stored again counts as new, and is not counted twice', () => {
  const policy = new StorePolicy(limits);
  store(policy, 'a', 40, 0);
  store(policy, 'b', 40, 1);
  store(policy, 'a', 40, 2);
  assert.equal(policy.strangerBytes, 80);
  assert.deepEqual(store(policy, 'c', 50, 3), ['b']);
});

test('a stranger is refused more than the quota, and nothing is displaced for it', () => {
  const policy = new StorePolicy(limits);
  store(policy, 'a', 40, 0);
  assert.equal(refusal(policy, 'big', 101), 'TooLarge');
  assert.deepEqual([...policy.keys()], ['a']);
});

test('what the chain refers to is never displaced and never too old', () => {
  const policy = new StorePolicy(limits);
  policy.setReferences(new Set(['model']), 0);
  store(policy, 'model', 250, 0);
  store(policy, 'a', 30, 0);
  assert.deepEqual(store(policy, 'b', 40, 0), ['a']);
  assert.deepEqual(policy.expire(1_000_000), ['b']);
  assert.deepEqual([...policy.keys()], ['model']);
});

test("what the chain refers to displaces strangers' data, and is refused only where no room is left", () => {
  const policy = new StorePolicy(limits);
  policy.setReferences(new Set(['m1', 'm2', 'm3']), 0);
  store(policy, 'a', 90, 0);
  assert.deepEqual(store(policy, 'm1', 250, 1), ['a']);
  assert.equal(refusal(policy, 'm2', 60, 2), 'Full');
  assert.deepEqual(store(policy, 'm3', 50, 2), []);
  assert.equal(refusal(policy, 'b', 1, 3), 'Full');
});

test('what the chain begins to refer to stays, and no longer counts as a stranger', () => {
  const policy = new StorePolicy(limits);
  store(policy, 'a', 90, 0);
  assert.deepEqual(
    policy.setReferences(new Set(['a']), 900).map(({ key, referenced, since }) => [key, referenced, since]),
    [['a', true, 900]],
  );
  assert.equal(policy.strangerBytes, 0);
  assert.deepEqual(policy.expire(5000), []);
});

test('what the chain no longer refers to has the time of a stranger from then on', () => {
  const policy = new StorePolicy(limits);
  policy.setReferences(new Set(['a']), 0);
  store(policy, 'a', 90, 0);
  policy.setReferences(new Set(), 10_000);
  assert.deepEqual(policy.expire(10_999), []);
  assert.deepEqual(policy.expire(11_000), ['a']);
});

test('what was referred to before a restart stays until the chain has said otherwise', () => {
  const policy = new StorePolicy(limits);
  policy.restore({ key: 'a', bytes: 200, since: 0, referenced: true });
  policy.restore({ key: 'b', bytes: 20, since: 0, referenced: false });
  assert.deepEqual(policy.expire(50_000), ['b']);
  policy.setReferences(new Set(), 50_000);
  assert.deepEqual(policy.expire(51_000), ['a']);
});

test('what is being stored or passed on stays', () => {
  const policy = new StorePolicy(limits);
  assert.ok(policy.admit('a', 60, 0).admitted);
  assert.equal(refusal(policy, 'b', 60, 1), 'Full');
  assert.deepEqual(policy.expire(5000), []);
  policy.unpin('a');
  assert.deepEqual(policy.expire(5000), ['a']);
});

test('the own is never refused, and goes when it is passed on', () => {
  const policy = new StorePolicy(limits);
  assert.ok(policy.admit('own', 1000, 0, true).admitted);
  assert.deepEqual(policy.expire(0), []);
  policy.unpin('own');
  assert.deepEqual(policy.expire(0), ['own']);
});

test('whatever happens, limits hold, references stay and the sums are right', () => {
  const key = fc.integer({ min: 0, max: 12 }).map((n) => `k${n}`);
  const step = fc.oneof(
    fc.record({ kind: fc.constant('store' as const), key, bytes: fc.integer({ min: 0, max: 130 }) }),
    fc.record({ kind: fc.constant('refer' as const), keys: fc.uniqueArray(key, { maxLength: 4 }) }),
    fc.record({ kind: fc.constant('expire' as const) }),
    fc.record({ kind: fc.constant('wait' as const), ms: fc.integer({ min: 0, max: 700 }) }),
  );
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const policy = new StorePolicy(limits);
      const held = new Map<string, number>();
      let references = new Set<string>();
      let now = 0;
      for (const next of steps) {
        if (next.kind === 'wait') now += next.ms;
        else if (next.kind === 'refer') policy.setReferences((references = new Set(next.keys)), now);
        else if (next.kind === 'expire') {
          for (const gone of policy.expire(now)) {
            assert.ok(!references.has(gone));
            held.delete(gone);
          }
          assert.ok(policy.strangerBytes <= limits.strangerBytes);
          assert.ok(policy.totalBytes <= limits.totalBytes);
        } else {
          const admission = policy.admit(next.key, next.bytes, now);
          if (!admission.admitted) continue;
          policy.unpin(next.key);
          for (const gone of admission.evict) {
            assert.ok(!references.has(gone));
            held.delete(gone);
          }
          if (!held.has(next.key)) held.set(next.key, next.bytes);
        }
        assert.deepEqual(new Set(policy.keys()), new Set(held.keys()));
        assert.equal(
          policy.totalBytes,
          [...held.values()].reduce((sum, bytes) => sum + bytes, 0),
        );
        const strangers = [...held].filter(([k]) => policy.get(k)?.referenced === false);
        assert.equal(
          policy.strangerBytes,
          strangers.reduce((sum, [, bytes]) => sum + bytes, 0),
        );
      }
    }),
    { numRuns: 500 },
  );
});
