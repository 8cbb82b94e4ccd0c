'use client';
/** Who signs what is sent in an agreement: this browser's own key, or the wallet. */
import type { Agreement } from '../../lib/market/types.ts';
import { useCockpit, useObservable, useQuery } from '../cockpit.tsx';
import { useAction } from '../use-action.ts';
import { Button } from '../ui/button.tsx';
import { Cluster, Facts, Section } from '../ui/layout.tsx';
import { ProblemNotice } from '../ui/notice.tsx';
import { Address, Amount } from '../ui/values.tsx';

export function SendingKey({ agreement }: { readonly agreement: Agreement }) {
  const { purchases, market } = useCockpit();
  const { address, problem } = useObservable(purchases.sender);
  const balance = useQuery(address !== null && market.balance(address));
  const allow = useAction(() => purchases.topUpSender(agreement.id));
  const reclaim = useAction(() => purchases.reclaimSender());
  const free = 'value' in balance ? balance.value?.free : undefined;
  const signsHere = address !== null && agreement.sender === address;
  return (
    <Section title="Who signs">
      <Facts
        facts={[
          signsHere
            ? { term: 'Requests', value: 'This browser', note: 'its own key signs them; your wallet is not asked' }
            : { term: 'Requests', value: 'Your wallet', note: problem?.message ?? 'it is asked whenever you send' },
          ...(address === null
            ? []
            : [
                { term: 'Key', value: <Address address={address} name="This browser" />, note: 'cannot leave it' },
                ...(free === undefined
                  ? []
                  : [{ term: 'For fees', value: <Amount value={free} />, note: 'what is unused can be taken back' }]),
              ]),
        ]}
      />
      <Cluster>
        {agreement.state.kind === 'active' && problem === null && (
          <Button size="s" busy={allow.isBusy} onClick={allow.run}>
            {signsHere ? 'Top up' : 'Let this browser sign'}
          </Button>
        )}
        {free !== undefined && free > 0n && (
          <Button size="s" busy={reclaim.isBusy} onClick={reclaim.run}>
            Take the money back
          </Button>
        )}
      </Cluster>
      <ProblemNotice title="The key got nothing" problem={allow.problem} />
      <ProblemNotice title="Nothing came back" problem={reclaim.problem} />
    </Section>
  );
}
