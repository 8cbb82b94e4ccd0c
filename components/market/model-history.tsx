/** What a model has cost and earned over time. */
import type { ModelDetail } from '../../lib/cockpit/types.ts';
import { BarChart, LineChart } from '../ui/charts.tsx';
import { Grid, Section } from '../ui/layout.tsx';
import { formatAiro, prices, royalties } from './history.ts';

export function ModelHistory({ detail: { history } }: { readonly detail: ModelDetail }) {
  return (
    <Section title="Over time">
      <Grid gap={6}>
        <LineChart
          title="Mean price per inference"
          showTitle
          data={prices(history)}
          format={formatAiro}
          formatTick={formatTick}
          empty="Nobody has agreed on a price yet."
        />
        <BarChart
          title="Royalties paid"
          showTitle
          data={royalties(history)}
          format={formatAiro}
          formatTick={formatTick}
          empty="No inference was delivered yet."
        />
      </Grid>
    </Section>
  );
}

/** The unit stands beside the chart's title. */
function formatTick(value: number): string {
  return formatAiro(value).replace(/ .*/, '');
}
