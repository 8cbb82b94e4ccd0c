/** What a soak prints at its end: as tables for people, or as one document. */
import { duration, list, table, toJson } from '../../cli/output.ts';
import { formatAmount } from '../../lib/market/amounts.ts';
import type { MemoryUse } from './memory.ts';
import type { SoakReport } from './run.ts';

export function tablesOf(report: SoakReport): string {
  const { tally, failures, audit, memory, findings } = report;
  const { orders, withoutBids, agreements, interruptions } = tally;
  const right = (head: string) => ({ head, align: 'right' }) as const;
  const counts = (entries: Iterable<readonly [string, number]>) =>
    [...entries].map(([name, amount]) => [name, String(amount)] as const);
  return [
    '',
    table(['WHAT BROKE', right('TIMES')], counts(failures), 'Nothing broke.'),
    '',
    table(
      ['WHAT CAME OF IT', right('NUMBER')],
      [
        ...counts([
          ['orders', orders],
          ['orders without a bid', withoutBids],
          ['agreements', agreements],
          ['consumers interrupted at work', interruptions],
          ...[...tally.results].map(([state, amount]) => [`inferences ${state}`, amount] as const),
          ...[...tally.troubles].map(([name, amount]) => [`tried again after ${name}`, amount] as const),
          ['blocks', audit.blocks],
        ]),
        ['transaction fees', formatAmount(audit.fees)],
      ],
      '',
    ),
    '',
    table(
      ['MEMORY (MiB)', right('LIVED'), right('EARLY'), right('LATE'), right('MOST')],
      memory.map(({ name, livedMs, early, late, most }) => [name, duration(livedMs), mib(early), mib(late), mib(most)]),
      'Memory cannot be read on this system.',
    ),
    '',
    list(
      audit.checks.map(({ what, right: isRight, detail }) => [
        isRight ? 'right' : 'WRONG',
        detail === '' ? what : `${what}: ${detail}`,
      ]),
    ),
    '',
    findings.length === 0 ? 'All is well.' : ['NOT everything is as it should be:', ...findings].join('\n  '),
  ].join('\n');
}

export function documentOf({ tally, failures, audit, memory, findings }: SoakReport): string {
  const { orders, withoutBids, agreements, interruptions, results, troubles } = tally;
  return toJson({
    failures: Object.fromEntries(failures),
    counts: { orders, withoutBids, agreements, interruptions },
    results: Object.fromEntries(results),
    troubles: Object.fromEntries(troubles),
    blocks: audit.blocks,
    fees: audit.fees,
    checks: audit.checks,
    memory: memory.map((use: MemoryUse) => ({ ...use })),
    findings,
  });
}

function mib(bytes: number): string {
  return (bytes / 1024 ** 2).toFixed(0);
}
