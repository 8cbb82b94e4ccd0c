'use client';
/** The way from nothing to the first answer. */
import { useCockpit, useObservable } from '../cockpit.tsx';
import { Muted } from '../ui/layout.tsx';
import { Notice } from '../ui/notice.tsx';
import { Panel } from '../ui/panel.tsx';
import { Steps } from '../ui/timeline.tsx';
import { beginSteps } from './begin-steps.ts';

/** @param isAgain it was set up before, and its key was revoked since */
export function BeginPanel({ isAgain }: { readonly isAgain: boolean }) {
  const { providing, storage } = useCockpit();
  const models = useObservable(providing.models);
  const { state } = useObservable(storage);
  return (
    <Panel title={isAgain ? 'This browser may not bid any more' : 'Three steps to the first answer'} accent>
      {isAgain && (
        <p>
          Its key was revoked, or another browser or server took its place. Nothing happens until you sign for it again;
          your stake and what you have earned are untouched.
        </p>
      )}
      <Steps label="Becoming a provider" steps={beginSteps(models)} />
      <Muted>
        There is nothing to install. Models run here, on your graphics processor where the browser allows it. Requests
        are encrypted for this browser and results for the consumer: whoever carries them between you cannot read them.
        For a server that works day and night there is <code>npm run wingman</code>.
      </Muted>
      {state === 'memory' && (
        <Notice tone="warning" title="This browser keeps nothing">
          The key that bids, the models and the memory of what was promised would be gone with this tab. Provide from a
          window that is not private, or allow this site to keep data.
        </Notice>
      )}
    </Panel>
  );
}
