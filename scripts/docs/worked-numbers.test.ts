/** The worked numbers of docs/provider.md are what the strategies and the chain's rules give. */
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';

import { AIRO, formatAmount, parseAmount } from '../../lib/market/amounts.ts';
import { decidePrice } from '../../lib/market/pricing.ts';
import { marketFee, partOf } from '../../lib/market/rates.ts';
import type { Rules } from '../../lib/market/types.ts';
import { workingTimeMs } from '../../lib/provider/capacity.ts';
import { strategy as strategySchema } from '../../wingman/config/fields.ts';
import { workspace } from '../chain/sources.ts';
import { readDocument } from './markdown.ts';

const { text } = await readDocument('docs/provider.md');
const runtime = await readFile(join(workspace, 'runtime', 'src', 'configs', 'market.rs'), 'utf8');
const blocks = await readFile(join(workspace, 'runtime', 'src', 'lib.rs'), 'utf8');

/** The rules of the Airo chain, as far as they matter here, from its sources. */
const rules = {
  marketFee: percent('MarketFee'),
  reserveRate: percent('ReserveRate'),
  penaltyRate: percent('PenaltyRate'),
  bidStep: percent('BidStep'),
  maxBids: number(runtime, /type MaxBids = ConstU32<(\d+)>/),
  minStake: BigInt(number(runtime, /type MinStake = ConstU128<\{ (\d+) \* AIRO \}>/)) * AIRO,
  blockTimeMs: number(blocks, /MILLISECS_PER_BLOCK: u64 = ([\d_]+)/),
} as Rules;

function percent(name: string): number {
  return number(runtime, new RegExp(`const ${name}: Perbill = Perbill::from_percent\\((\\d+)\\)`)) / 100;
}

function number(source: string, pattern: RegExp): number {
  const found = pattern.exec(source)?.[1];
  assert.ok(found, `${pattern.source} is in the runtime's sources`);
  return Number(found.replaceAll('_', ''));
}

/** The rows of the table between the marks, without its head. */
function tableOf(mark: string): string[][] {
  const part = new RegExp(`<!-- ${mark} -->([\\s\\S]*)<!-- /${mark} -->`).exec(text)?.[1] ?? '';
  const rows = part.trim().split('\n').slice(2);
  assert.ok(rows.length > 3, `docs/provider.md has the table ${mark}`);
  return rows.map((row) => row.split(' | ').map((cell) => cell.replaceAll(/^\| | \|$/g, '').trim()));
}

const [maxPrice, royalty] = [AIRO / 2n, AIRO / 100n];

test('the prices that docs/provider.md shows are those of the strategies', () => {
  for (const [written = '', situation = '', decision, price, yours] of tableOf('strategies')) {
    const strategy = strategySchema.parse(JSON.parse(written.replaceAll('`', '')));
    const amount = (pattern: RegExp) => {
      const found = pattern.exec(situation)?.[1];
      return found === undefined ? null : parseAmount(found);
    };
    const best = amount(/best bid ([\d.]+ AIRO)/);
    const decided = decidePrice(strategy, {
      order: {
        maxPrice,
        royalty,
        providers: 1,
        bids: best === null ? [] : [{ provider: 'other', price: best, at: 1 }],
      },
      provider: 'us',
      rules,
      timeMs: Number(/([\d.]+) ms/.exec(situation)?.[1] ?? 1),
      operatorFloor: null,
      named: { price: amount(/names ([\d.]+ AIRO)/), reason: null },
    });
    const expected =
      decided.price === null
        ? ['none', '']
        : [formatAmount(decided.price), formatAmount(decided.price - marketFee(decided.price, rules) - royalty)];
    const shown = [`${decided.action} (\`${decided.rule}\`)`, ...expected];
    assert.deepEqual([decision, price, yours], shown, `${written}, ${situation}`);
  }
});

test('what docs/provider.md says of stake and capacity follows from the rules of the chain', () => {
  const [inferences, inFlight, deadline, price] = [1_000n, 64n, 15, AIRO / 10n];
  const reserve = partOf(maxPrice * inFlight, rules.reserveRate);
  const penalty = partOf(maxPrice, rules.penaltyRate);
  const fee = marketFee(price, rules);
  const least = (a: bigint, b: bigint) => (a < b ? a : b);
  const expected = [
    formatAmount(maxPrice * inferences),
    formatAmount(reserve),
    String((100n * AIRO) / reserve),
    formatAmount(price * inferences),
    formatAmount((price - fee - royalty) * inferences),
    formatAmount(royalty * inferences),
    formatAmount(fee * inferences),
    formatAmount(least(penalty, price)),
    formatAmount(least(penalty * inferences, reserve)),
    `${Math.floor((workingTimeMs(deadline, rules) * 0.8) / Number(inFlight))} ms`,
  ];
  assert.deepEqual(
    tableOf('stake').map(([, value]) => value),
    expected,
  );
  assert.ok(text.includes(`The lowest stake of a provider is ${formatAmount(rules.minStake)}`));
  assert.ok(
    text.includes(`market's fee of ${rules.marketFee * 100} %`) || text.includes(`fee of ${rules.marketFee * 100} %`),
  );
  assert.ok(text.includes(`step of ${rules.bidStep * 100} %`));
});
