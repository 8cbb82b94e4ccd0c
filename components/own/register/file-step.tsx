'use client';
/** The file: chosen, read, and run once, before anything leaves this browser. */
import { useEffect, useRef, useState } from 'react';

import { useCockpit } from '../../cockpit.tsx';
import { Button } from '../../ui/button.tsx';
import { FileDrop } from '../../ui/file-drop.tsx';
import { formatBytes } from '../../ui/format.ts';
import { Muted, Section } from '../../ui/layout.tsx';
import { ProblemNotice } from '../../ui/notice.tsx';
import { Progress } from '../../ui/progress.tsx';
import { withReport, type DescriptionFields } from './description-fields.ts';
import type { StepProps } from './register-flow.tsx';
import { ReportFacts } from './report-facts.tsx';
import { StepButtons } from './step-buttons.tsx';

interface FileStepProps extends StepProps {
  readonly file: File | undefined;
  readonly setFile: (file: File) => void;
  /** What a version begins with: the description of the one before. */
  readonly known: DescriptionFields | null;
}

/** Takes a file and shows what it turned out to be. */
export function FileStep({ draft, patch, file, setFile, known, onNext }: FileStepProps) {
  const { owning } = useCockpit();
  const [isChecking, setChecking] = useState(false);
  const [problem, setProblem] = useState<unknown>(null);
  const running = useRef<AbortController>(undefined);
  useEffect(() => () => running.current?.abort(), []);

  const check = async (chosen: File) => {
    running.current?.abort();
    const abort = new AbortController();
    running.current = abort;
    setFile(chosen);
    setProblem(null);
    setChecking(true);
    try {
      const report = await owning.checkModel(chosen, { signal: abort.signal });
      if (abort.signal.aborted) return;
      const isUntouched = draft.fields.inputs.length === 0;
      const fields = isUntouched && known !== null ? known : draft.fields;
      patch({ report, fields: withReport(fields, report, chosen.name) });
    } catch (error) {
      if (abort.signal.aborted) return;
      patch({ report: null });
      setProblem(error);
    } finally {
      if (running.current === abort) setChecking(false);
    }
  };

  const { report } = draft;
  const name = file?.name ?? draft.file?.name;
  return (
    <Section title="The model’s file">
      <Muted>
        It is read and run once with zeros, in a worker of this browser. Nothing leaves this machine before the last
        step, and nothing is paid for a file that does not work.
      </Muted>
      <FileDrop
        icon="file"
        label={name ?? 'Drop an ONNX file here, or pick one'}
        hint={
          file === undefined
            ? 'Up to 256 MiB. Weights must be inside the file.'
            : `${formatBytes(file.size)}; drop another one to replace it`
        }
        accept={['.onnx']}
        onFiles={([chosen]) => {
          if (chosen !== undefined) void check(chosen);
        }}
      />
      {isChecking && <Progress label="Reading the file and running it once" />}
      <ProblemNotice title="This file cannot be registered" problem={problem} />
      {report !== null && !isChecking && <ReportFacts report={report} />}
      <StepButtons>
        {file !== undefined && report === null && !isChecking && problem === null && (
          <Button icon="refresh" onClick={() => void check(file)}>
            Check the file
          </Button>
        )}
        <Button kind="primary" disabled={report === null || isChecking} onClick={onNext}>
          Describe it
        </Button>
      </StepButtons>
    </Section>
  );
}
