'use client';
/** The steps of a registration, of which one is shown. */
import { useCallback, useEffect, useMemo, useRef, useState } from 'react';

import type { Model } from '../../../lib/market/types.ts';
import { LinkButton } from '../../ui/button.tsx';
import { Stack } from '../../ui/layout.tsx';
import { Notice } from '../../ui/notice.tsx';
import { Steps } from '../../ui/timeline.tsx';
import { DescriptionStep } from './description-step.tsx';
import { fieldsOf } from './description-fields.ts';
import { steps, type Draft, type StepName } from './draft.ts';
import type { Touched } from './draft-input.ts';
import { FileStep } from './file-step.tsx';
import { RoyaltyStep } from './royalty-step.tsx';
import { SignStep } from './sign-step.tsx';
import { useDraft } from './use-draft.ts';
import styles from './register-flow.module.css';

const labels: Readonly<Record<StepName, string>> = {
  file: 'File',
  description: 'Description',
  royalty: 'Royalty',
  sign: 'Upload and sign',
};

interface RegisterFlowProps {
  /** Under which the draft is kept. */
  readonly draftKey: string;
  /** Of which model a version is published; `null` to register a new one. */
  readonly of: Model | null;
}

/** All steps. */
export function RegisterFlow({ draftKey, of }: RegisterFlowProps) {
  const { draft, patch, file, setFile, clear } = useDraft(draftKey);
  const touched = useTouched();
  const [done, setDone] = useState<{ readonly href: string; readonly title: string }>();
  // A version has the model's royalty.
  const shown = useMemo(() => steps.filter((step) => of === null || step !== 'royalty'), [of]);
  const at = shown.indexOf(draft.step);
  const go = (offset: number) => patch({ step: shown[at + offset] ?? draft.step });

  const top = useRef<HTMLDivElement>(null);
  const shownStep = useRef(draft.step);
  useEffect(() => {
    // A new step begins at its top, for eyes and for screen readers; the first one is where the page begins anyway.
    if (shownStep.current === draft.step && done === undefined) return;
    shownStep.current = draft.step;
    top.current?.focus({ preventScroll: true });
    top.current?.scrollIntoView({ block: 'start' });
  }, [draft.step, done]);

  if (done !== undefined) {
    return (
      <div ref={top} tabIndex={-1} className={styles.top}>
        <Notice
          tone="good"
          title={done.title}
          actions={
            <>
              <LinkButton href={done.href} kind="primary">
                Look at it
              </LinkButton>
              <LinkButton href="/own/">Your models</LinkButton>
            </>
          }
        >
          It is in a block; as soon as that is final it cannot be undone. Providers see it now and fetch it when they
          want to serve it.
        </Notice>
      </div>
    );
  }
  const parts = { draft, patch, touched, onNext: () => go(1), onBack: () => go(-1) };
  return (
    <div ref={top} tabIndex={-1} className={styles.top} aria-label={labels[draft.step]} role="group">
      <Stack gap={6}>
        <Steps
          label={of === null ? 'Registering a model' : 'Publishing a version'}
          steps={shown.map((step, index) => ({
            label: labels[step],
            state: index < at ? 'done' : index === at ? 'current' : 'todo',
          }))}
        />
        {draft.step === 'file' && (
          <FileStep
            {...parts}
            file={file}
            setFile={setFile}
            known={of === null ? null : fieldsOf(of.newest.description)}
          />
        )}
        {draft.step === 'description' && <DescriptionStep {...parts} />}
        {draft.step === 'royalty' && <RoyaltyStep {...parts} />}
        {draft.step === 'sign' && (
          <SignStep
            {...parts}
            file={file}
            setFile={setFile}
            of={of}
            onDone={(result) => {
              setDone(result);
              clear();
            }}
          />
        )}
      </Stack>
    </div>
  );
}

/** What each step gets. */
export interface StepProps {
  readonly draft: Draft;
  readonly patch: (fields: Partial<Draft>) => void;
  readonly touched: Touched;
  readonly onNext: () => void;
  readonly onBack: () => void;
}

function useTouched(): Touched {
  const [names, setNames] = useState<ReadonlySet<string>>(new Set());
  const touch = useCallback((name: string) => setNames((before) => new Set(before).add(name)), []);
  return useMemo(() => ({ names, touch }), [names, touch]);
}
