/** A model in the market's list. */
import type { ModelCard } from '../../lib/cockpit/types.ts';
import { formatAmount } from '../../lib/market/amounts.ts';
import { Badge } from '../ui/badge.tsx';
import { Sparkline } from '../ui/charts.tsx';
import { formatCount, formatDuration, plural } from '../ui/format.ts';
import { Muted } from '../ui/layout.tsx';
import { Card } from '../ui/panel.tsx';
import { Address, Amount } from '../ui/values.tsx';
import { describeTask } from './describe.ts';
import { formatAiro, prices } from './history.ts';
import styles from './market.module.css';

export function MarketCard({ card }: { readonly card: ModelCard }) {
  const { model, providers, fastestMs, history, delivered, recentPrice, sale } = card;
  const { description, version } = model.newest;
  const line = prices(history);
  const [first, last] = [line[0], line.at(-1)];
  return (
    <Card
      title={description.name}
      href={`/model/?id=${model.id}`}
      aside={model.retired ? <Badge tone="warn">Retired</Badge> : <Muted>#{model.id}</Muted>}
      foot={
        <>
          <span className={styles.owner}>
            {model.owner === null ? 'NFT burned' : <Address address={model.owner} copyable={false} />}
          </span>
          <span>
            {description.licence}, version {version}
          </span>
        </>
      }
    >
      <p className={styles.task}>{describeTask(description)}</p>
      <div className={styles.price}>
        <div>
          <div className={styles.label}>Last price</div>
          <div className={styles.priceValue}>
            {recentPrice === null ? <Muted>never sold</Muted> : <Amount value={recentPrice} decimals={6} />}
          </div>
        </div>
        <div>
          <div className={styles.label}>Royalty in it</div>
          <div className={styles.priceValue}>
            <Amount value={model.royalty} decimals={6} />
          </div>
        </div>
        {first && last && line.length > 1 && (
          <div className={styles.line}>
            <Sparkline
              values={line.map(({ value }) => value)}
              label={`Price from ${first.label} to ${last.label}: ${formatAiro(first.value)} to ${formatAiro(last.value)}`}
            />
          </div>
        )}
      </div>
      <div className={styles.figures}>
        <span>{providers === 0 ? <Badge tone="warn">Nobody serves it now</Badge> : plural(providers, 'provider')}</span>
        {fastestMs !== null && (
          <span>
            {formatDuration(fastestMs)} <Muted>measured</Muted>
          </span>
        )}
        <span>
          {formatCount(delivered)} <Muted>delivered</Muted>
        </span>
        {sale && <Badge tone="accent">Model for sale: {formatAmount(sale.price)}</Badge>}
      </div>
    </Card>
  );
}
