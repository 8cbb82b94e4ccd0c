'use client';
/** An agreement that is there. */
import type { AgreementDetail } from '../../lib/cockpit/types.ts';
import { useCockpit, useObservable } from '../cockpit.tsx';
import { Kicker } from '../market/kicker.tsx';
import { Badge, Status, type Truth } from '../ui/badge.tsx';
import { LinkButton } from '../ui/button.tsx';
import { plural, shortId } from '../ui/format.ts';
import { Page, Split } from '../ui/layout.tsx';
import { Notice } from '../ui/notice.tsx';
import { AgreementReadouts } from './agreement-readouts.tsx';
import { ChainRequests } from './chain-requests.tsx';
import { Closing } from './closing.tsx';
import { Comparisons } from './comparisons.tsx';
import { Composer } from './composer.tsx';
import { stateText } from './filters.ts';
import { Inferences } from './inferences.tsx';
import { Life } from './life.tsx';
import { Money } from './money.tsx';
import { Parties } from './parties.tsx';
import { SendingKey } from './sending-key.tsx';
import { useSiblings } from './use-siblings.ts';

interface AgreementPageProps {
  readonly detail: AgreementDetail;
  readonly truth: Truth;
}

export function AgreementPage({ detail, truth }: AgreementPageProps) {
  const { agreement, model, version } = detail;
  const { accounts } = useCockpit();
  const mine = useObservable(accounts.chosen)?.address;
  const siblings = useSiblings(agreement);
  const isConsumer = mine === agreement.consumer;
  const description = version?.description ?? null;
  const name = description?.name ?? model?.newest.description.name ?? `Model #${agreement.model}`;
  return (
    <Page
      kicker={
        <Kicker>
          Agreement #{agreement.id} <Status state={truth} />
        </Kicker>
      }
      title={name}
      lead={leadOf(detail, mine)}
      actions={
        <>
          <Badge tone={agreement.state.kind === 'active' ? 'good' : 'neutral'}>{stateText(agreement)}</Badge>
          <LinkButton size="s" kind="quiet" href={`/model/?id=${agreement.model}`}>
            About the model
          </LinkButton>
        </>
      }
    >
      <AgreementReadouts detail={detail} />
      <Split
        main={
          <>
            {isConsumer && detail.closed !== null && (
              <Notice
                title="Nothing more can be sent here"
                actions={
                  <LinkButton size="s" href={`/buy/?model=${agreement.model}`}>
                    Order more
                  </LinkButton>
                }
              >
                {detail.closed}
              </Notice>
            )}
            {isConsumer && detail.closed === null && description !== null && (
              <Composer detail={detail} description={description} siblings={siblings} />
            )}
            {isConsumer && siblings.length > 1 && description !== null && (
              <Comparisons agreements={siblings} description={description} />
            )}
            {isConsumer ? <Inferences detail={detail} /> : <ChainRequests detail={detail} open />}
          </>
        }
        side={
          <>
            <Money detail={detail} />
            <Closing agreement={agreement} isConsumer={isConsumer} />
            {isConsumer && <SendingKey agreement={agreement} />}
            <Life detail={detail} />
            <Parties detail={detail} mine={mine} siblings={siblings} />
            {isConsumer && <ChainRequests detail={detail} />}
          </>
        }
      />
    </Page>
  );
}

function leadOf({ agreement, provider }: AgreementDetail, mine: string | undefined): string {
  const by = provider?.profile.name ?? shortId(agreement.provider);
  const what = plural(agreement.quota, 'inference');
  if (mine === agreement.consumer) return `You bought ${what} from ${by}.`;
  if (mine === agreement.provider) return `You provide ${what} for ${shortId(agreement.consumer)}.`;
  return `Somebody else’s agreement: ${by} provides ${what} for ${shortId(agreement.consumer)}. Only its consumer can send in it.`;
}
