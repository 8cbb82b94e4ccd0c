/** `airo providers`: who serves what, and how well. */
import type { Paging } from '../../lib/market/chain.ts';
import type { Record } from '../../lib/market/types.ts';
import { defineCommand } from '../command.ts';
import { bareAmount, duration, percent, table } from '../output.ts';
import { allPages } from '../paging.ts';
import { readModel } from './models.ts';

export const providers = defineCommand({
  name: 'providers',
  about: 'Lists the providers with their stake and record.',
  positionals: [],
  options: { model: { type: 'index', help: 'Only those that serve this model, with their time per inference.' } },
  needs: ['chain'],
  example: 'providers --model 0',
  async run(context, { options }) {
    const chain = await context.chain();
    const { model } = options;
    const all = await allPages(
      (page: Paging<string>) => chain.providers(page),
      ({ account }) => account,
    );
    const offers = new Map<string, number>();
    if (model !== undefined) {
      const { newest } = await readModel(chain, model);
      const found = await allPages(
        (page: Paging<string>) => chain.offers(model, page),
        ({ provider }) => provider,
      );
      for (const { provider, version, timeMicroseconds } of found) {
        if (version === newest.version) offers.set(provider, timeMicroseconds / 1000);
      }
    }
    const shown = await Promise.all(
      all
        .filter(({ account, leavesAt }) => leavesAt === null && (model === undefined || offers.has(account)))
        .map(async (provider) => ({
          ...provider,
          timeMs: offers.get(provider.account) ?? null,
          record: await chain.record(provider.account, 'provider'),
        })),
    );
    context.out.print(
      table(
        [
          ...['PROVIDER', 'NAME', 'KIND', { head: 'STAKE (AIRO)', align: 'right' } as const, 'MODELS'],
          ...[{ head: 'TIME', align: 'right' } as const, 'RECORD'],
        ],
        shown.map(({ account, profile, stake, models, timeMs, record }) => [
          ...[account, profile.name, profile.kind, bareAmount(stake), models.join(', ') || 'none'],
          ...[timeMs === null ? '' : duration(timeMs), describeRecord(record)],
        ]),
        model === undefined ? 'There are no providers yet.' : `Nobody serves the newest version of model ${model}.`,
      ),
    );
    return { providers: shown };
  },
});

function describeRecord(record: Record | null): string {
  if (record === null) return 'none yet';
  const all = record.delivered + record.missed + record.providerFaults;
  if (all === 0) return 'none yet';
  const rating = record.ratings === 0 ? '' : `, rated ${(record.ratingSum / record.ratings).toFixed(1)} of 5`;
  return `${percent(record.delivered / all)} of ${all} delivered${rating}`;
}
