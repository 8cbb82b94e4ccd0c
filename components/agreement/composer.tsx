'use client';
/** Sending inferences: one by one, or many files at once. */
import { useState } from 'react';

import type { AgreementDetail } from '../../lib/cockpit/types.ts';
import type { Agreement, Description } from '../../lib/market/types.ts';
import { Bench } from '../image-input/bench.tsx';
import { ImageSource } from '../image-input/image-source.tsx';
import { carrier, useCarried } from '../image-input/use-carried.ts';
import { useDrawing } from '../image-input/use-drawing.ts';
import { usePrepared } from '../image-input/use-prepared.ts';
import { useCockpit, useObservable } from '../cockpit.tsx';
import { useAction } from '../use-action.ts';
import { Panel } from '../ui/panel.tsx';
import { ProblemNotice } from '../ui/notice.tsx';
import { LinkButton } from '../ui/button.tsx';
import { distinctLabels } from './labels.ts';
import { SendBar } from './send-bar.tsx';
import { sendToAll } from './send-to-all.ts';
import { tallyOf } from './stages.ts';
import { TrayList } from './tray-list.tsx';
import { useTray } from './use-tray.ts';

interface ComposerProps {
  readonly detail: AgreementDetail;
  readonly description: Description;
  /** All agreements of the same order, this one among them. */
  readonly siblings: readonly Agreement[];
}

export function Composer(props: ComposerProps) {
  return props.description.image === null ? (
    <TensorsOnly agreement={props.detail.agreement} />
  ) : (
    <ImageComposer {...props} />
  );
}

function ImageComposer({ detail, description, siblings }: ComposerProps) {
  const { agreement, left } = detail;
  const { purchases } = useCockpit();
  const sent = useObservable(purchases.inferences(agreement.id));
  const { isElsewhere } = useObservable(purchases.sending(agreement.id));
  const [toAll, setToAll] = useState(true);
  const drawing = useDrawing();
  const drawn = usePrepared(drawing.image, description);
  const carried = useCarried(agreement.model);
  const taken = usePrepared(carried, description);
  const tray = useTray(description);

  const ready = [
    ...(carried && taken.prepared ? [{ image: carried, prepared: taken.prepared }] : []),
    ...tray.items.flatMap(({ image, prepared }) => (prepared === null ? [] : [{ image, prepared }])),
    ...(drawing.image && drawn.prepared ? [{ image: drawing.image, prepared: drawn.prepared }] : []),
  ];
  const open = siblings.filter(({ state }) => state.kind === 'active');
  const targets = toAll ? open : [agreement];
  const send = useAction(async () => {
    // Messages about what could not be sent have been read by then.
    const keys = tray.items.map(({ key }) => key);
    const labels = distinctLabels(
      ready.map(({ image }) => image.label),
      sent.map(({ label }) => label),
    );
    const inputs = ready.map(({ prepared: { request, thumbnail } }, index) => ({
      label: labels[index] ?? '',
      request,
      thumbnail,
    }));
    await sendToAll(
      purchases,
      targets.map(({ id }) => id),
      inputs,
    );
    carrier.drop(agreement.model);
    drawing.clear();
    tray.removeAll(keys);
  });

  const last = tray.items.at(-1);
  const shownImage = drawing.image ?? last?.image ?? carried;
  const shown = drawing.image ? drawn : last ? { prepared: last.prepared, problem: null } : taken;
  return (
    <Panel title="Send inferences">
      <Bench
        description={description}
        image={shownImage}
        prepared={shown}
        source={<ImageSource description={description} drawing={drawing} onImages={tray.add} multiple />}
      />
      <TrayList
        items={tray.items}
        onRemove={tray.remove}
        carried={carried}
        onDropCarried={() => carrier.drop(agreement.model)}
      />
      <SendBar
        count={ready.length}
        left={left}
        waiting={tray.items.filter(({ prepared, refusal }) => prepared === null && refusal === null).length}
        targets={targets}
        choice={open.length > 1 ? { toAll, setToAll, all: open.length } : undefined}
        isElsewhere={isElsewhere}
        sent={tallyOf(sent)}
        isBusy={send.isBusy}
        onSend={send.run}
      />
      <ProblemNotice
        title="Nothing was sent"
        problem={send.problem}
        actions={
          send.problem?.name === 'KeyMissing' && (
            <LinkButton size="s" href="/account/">
              Import a backup
            </LinkButton>
          )
        }
      />
    </Panel>
  );
}

function TensorsOnly({ agreement }: { readonly agreement: Agreement }) {
  return (
    <Panel title="Send inferences">
      <p>
        This model takes tensors, not images. Write requests of the Open Inference Protocol into files, and send them
        from a command line that has this agreement’s key:{' '}
        <code>npm run airo -- infer --agreement {agreement.id} request.json</code>
      </p>
    </Panel>
  );
}
