import { MarketView } from '../components/market/market-view.tsx';

export default function Page() {
  return <MarketView />;
}
