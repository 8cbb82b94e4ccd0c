import type { Metadata } from 'next';

import { LinkButton } from '../components/ui/button.tsx';
import { Cluster, Page } from '../components/ui/layout.tsx';

export const metadata: Metadata = { title: 'Not found' };

export default function NotFound() {
  return (
    <Page narrow kicker="404" title="There is nothing here" lead="The address is wrong, or what was here is gone.">
      <Cluster>
        <LinkButton kind="primary" href="/" icon="market">
          To the market
        </LinkButton>
      </Cluster>
    </Page>
  );
}
