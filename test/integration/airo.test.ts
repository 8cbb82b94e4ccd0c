import assert from 'node:assert/strict';
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';

import { AIRO } from '../../lib/market/amounts.ts';
import { as, digitOf, market, type Results } from '../support/airo.ts';

test('a model is registered, ordered, auctioned, inferred on, paid, and sold', async (t) => {
  const { airo, model, images, home } = await market(t);
  const charlie = as('charlie');

  const { models } = await airo.json<{ models: { id: number; offers: number; royalty: string }[] }>('models');
  assert.deepEqual(
    models.map(({ id, offers, royalty }) => [id, offers, BigInt(royalty)]),
    [[model, 2, AIRO / 100n]],
  );
  const { providers } = await airo.json<{ providers: { profile: { name: string }; timeMs: number }[] }>(
    ...['providers', '--model', `${model}`],
  );
  assert.deepEqual(providers.map(({ profile }) => profile.name).sort(), ['Dave', 'Eve']);
  for (const { timeMs } of providers) assert.ok(timeMs > 0);

  const wish = ['--model', `${model}`, '--inferences', '3', '--max-price', '1'];
  const placed = await airo.json<{ order: number; held: string; bids: { provider: string; price: string }[] }>(
    ...['order', ...wish, '--wait', ...charlie],
  );
  assert.equal(BigInt(placed.held), 3n * AIRO);
  assert.deepEqual(
    placed.bids.map(({ price }) => BigInt(price)),
    [(AIRO * 4n) / 10n, AIRO / 2n],
  );
  const listed = await airo.run('bids', `${placed.order}`);
  assert.match(listed.out, /RANK +PROVIDER .*\n +1 .* 0\.4 /);

  const accepted = await airo.json<{ agreements: { id: number; provider: string }[] }>(
    ...['accept', `${placed.order}`, '--best', '1', ...charlie],
  );
  assert.equal(accepted.agreements[0]?.provider, placed.bids[0]?.provider);
  const agreement = `${accepted.agreements[0]?.id ?? assert.fail()}`;

  const inferred = await airo.json<Results>('infer', agreement, ...images.slice(0, 3), ...charlie);
  inferred.results.forEach((result, i) => {
    assert.equal(result.state, 'answered');
    assert.equal(result.classes[0]?.label, digitOf(images[i] ?? ''));
    assert.ok(images[i]?.endsWith(result.label));
    assert.deepEqual(result.outputs[0]?.shape, [1, 10]);
    assert.match(result.payload, /^baf/);
    assert.match(result.result, /^baf/);
    assert.equal(BigInt(result.paid), (AIRO * 4n) / 10n);
  });
  assert.deepEqual(
    [inferred.settlement.paid, inferred.settlement.toOwner, inferred.settlement.escrow].map((text) =>
      BigInt(text ?? ''),
    ),
    [(AIRO * 12n) / 10n, (AIRO * 3n) / 100n, 0n],
  );

  const { agreements } = await airo.json<{ agreements: { id: number; state: { kind: string; how: string } }[] }>(
    ...['agreements', ...charlie],
  );
  assert.deepEqual(
    agreements.map(({ state }) => [state.kind, state.how]),
    [['ended', 'completed']],
  );
  const shown = await airo.run('agreement', agreement);
  assert.match(shown.out, /Delivered +3\n/);
  assert.match(shown.out, /\n +0 +\d+ +paid in block \d+ +baf/);
  await airo.json('rate', agreement, '5', ...charlie);
  const rated = await airo.json<{ rating: number }>('agreement', agreement);
  assert.equal(rated.rating, 5);

  // The NFT is sold: the royalty of what comes now is the buyer's.
  const buyer = await airo.json<{ address: string }>('account', ...as('ferdie'));
  await airo.json('model', 'transfer', `${model}`, buyer.address, ...as('alice'));
  await airo.fails(1, /NotTheModelOwner/, 'model', 'royalty', `${model}`, '0.02', ...as('alice'));
  await airo.json('model', 'royalty', `${model}`, '0.02', ...as('ferdie'));
  const sold = await airo.json<{ owner: string; royalty: string }>('model', 'show', `${model}`);
  assert.deepEqual([sold.owner, BigInt(sold.royalty)], [buyer.address, AIRO / 50n]);

  // All of it in one command, with two providers whose results are compared.
  const before = await airo.json<{ free: string }>('account', buyer.address, ...charlie);
  const all = await airo.run(
    ...['infer', '--model', `${model}`, '--max-price', '1', '--providers', '2', ...images.slice(3, 5), ...charlie],
  );
  assert.equal(all.code, 0, all.err);
  for (const image of images.slice(3, 5)) {
    const name = image.split('/').at(-1) ?? '';
    assert.match(all.out, new RegExp(`${name} +${digitOf(image)} \\(`));
    assert.match(all.out, new RegExp(`${name} +agree`));
  }
  const after = await airo.json<{ free: string }>('account', buyer.address, ...charlie);
  assert.equal(BigInt(after.free) - BigInt(before.free), (4n * AIRO) / 50n, 'four royalties');

  // Nobody but the owner can read the keys.
  for (const file of await readdir(home)) assert.equal((await stat(join(home, file))).mode & 0o077, 0, file);

  await airo.json('model', 'retire', `${model}`, ...as('ferdie'));
  await airo.fails(1, /retired/, 'order', ...wish, ...charlie);
});
