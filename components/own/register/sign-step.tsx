'use client';
/** The last look, the upload, and the signature. */
import { useEffect, useRef, useState } from 'react';

import type { CockpitAccount } from '../../../lib/cockpit/types.ts';
import type { Model } from '../../../lib/market/types.ts';
import { parseAmount } from '../../../lib/market/amounts.ts';
import { useCockpit, useObservable } from '../../cockpit.tsx';
import { NeedAccount } from '../../account/need-account.tsx';
import { Button } from '../../ui/button.tsx';
import { FileDrop } from '../../ui/file-drop.tsx';
import { Section } from '../../ui/layout.tsx';
import { Notice, ProblemNotice } from '../../ui/notice.tsx';
import { markOf, isSameFile } from './draft.ts';
import type { StepProps } from './register-flow.tsx';
import { Review } from './review.tsx';
import { StepButtons } from './step-buttons.tsx';
import { UploadProgress, type UploadStage } from './upload-progress.tsx';
import { prepareEntry } from './prepare-entry.ts';

interface SignStepProps extends StepProps {
  readonly file: File | undefined;
  readonly setFile: (file: File) => void;
  readonly of: Model | null;
  readonly onDone: (result: { readonly href: string; readonly title: string }) => void;
}

/** Shows what will be registered; puts it on Dx and signs once that is pressed. */
export function SignStep({ draft, patch, file, setFile, of, onBack, onDone }: SignStepProps) {
  const cockpit = useCockpit();
  const account = useObservable(cockpit.accounts.chosen);
  const [stage, setStage] = useState<UploadStage>({ name: 'idle' });
  const [problem, setProblem] = useState<unknown>(null);
  const running = useRef<AbortController>(undefined);
  useEffect(() => () => running.current?.abort(), []);

  const { fields, uploaded, file: mark } = draft;
  const needsFile = uploaded === null && file === undefined;
  const isBusy = stage.name !== 'idle';
  const work = async () => {
    const abort = new AbortController();
    running.current = abort;
    setProblem(null);
    try {
      const entry = await prepareEntry(cockpit.owning, draft, file, { patch, onStage: setStage, signal: abort.signal });
      abort.signal.throwIfAborted();
      setStage({ name: 'signing' });
      const { name } = entry.description;
      if (of === null) {
        const id = await cockpit.owning.register(entry, parseAmount(draft.royalty));
        onDone({ href: `/model/?id=${id}`, title: `${name} is model ${id}` });
      } else {
        const version = await cockpit.owning.publish(of.id, entry);
        onDone({ href: `/model/?id=${of.id}`, title: `Version ${version} of ${name} is published` });
      }
    } catch (error) {
      if (!abort.signal.aborted) setProblem(error);
      setStage({ name: 'idle' });
    }
  };

  return (
    <Section title={of === null ? 'Upload and register' : 'Upload and publish'}>
      <Review draft={draft} of={of} account={account} />
      {needsFile && (
        <FileDrop
          icon="file"
          label={mark === null ? 'Pick the file again' : `Pick ${mark.name} again`}
          hint="The browser does not keep files over a reload. Everything else is still here."
          accept={['.onnx']}
          onFiles={([chosen]) => {
            if (chosen === undefined) return;
            const isSame = mark !== null && isSameFile(markOf(chosen), mark);
            setFile(chosen);
            // Another file is checked like the first one was.
            if (!isSame) patch({ step: 'file' });
          }}
        />
      )}
      {account === null && <NeedAccount what="your model" title="Choose the account that will own it" />}
      <Ownership account={account} of={of} />
      <UploadProgress stage={stage} isUploaded={uploaded !== null} onStop={() => running.current?.abort()} />
      <ProblemNotice
        title={of === null ? 'The model was not registered' : 'The version was not published'}
        problem={problem}
      />
      <StepButtons {...(isBusy ? {} : { onBack })}>
        <Button
          kind="primary"
          icon={uploaded === null ? 'upload' : 'key'}
          busy={isBusy}
          disabled={needsFile || account === null || fields.inputs.length === 0}
          onClick={() => void work()}
        >
          {buttonText(uploaded !== null, of !== null)}
        </Button>
      </StepButtons>
    </Section>
  );
}

function buttonText(isUploaded: boolean, isVersion: boolean): string {
  if (isUploaded) return isVersion ? 'Sign and publish' : 'Sign and register';
  return 'Upload and sign';
}

/** Only the NFT's owner can publish, and the chain would refuse after the upload. */
function Ownership({ account, of }: { readonly account: CockpitAccount | null; readonly of: Model | null }) {
  if (of === null || account === null || of.owner === account.address) return null;
  return (
    <Notice tone="warning" title="This account does not own the model">
      Only the owner of its NFT can publish a version. Change the account, or the chain will refuse.
    </Notice>
  );
}
