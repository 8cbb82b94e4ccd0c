'use client';
/** Adds what a backup holds. */
import { useId, useState } from 'react';

import type { Backup } from '../../lib/cockpit/types.ts';
import { useCockpit } from '../cockpit.tsx';
import { Button } from '../ui/button.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { Field } from '../ui/field.tsx';
import { FileDrop } from '../ui/file-drop.tsx';
import { formatBytes, plural } from '../ui/format.ts';
import { TextInput } from '../ui/inputs.tsx';
import { Stack } from '../ui/layout.tsx';
import { asProblem, Notice, ProblemNotice } from '../ui/notice.tsx';
import { allRight, useInput } from '../ui/use-input.ts';
import { PassphraseOwner } from './passphrase-owner.tsx';
import { parsePassphrase } from './passphrase.ts';

/** Asks for the file and its passphrase. What is here stays; what is wrong is said where it is wrong. */
export function ImportDialog({ onClose }: { readonly onClose: () => void }) {
  const { purchases } = useCockpit();
  const form = useId();
  const passphrase = useInput('', parsePassphrase);
  const [file, setFile] = useState<File>();
  const [isFileMissing, setFileMissing] = useState(false);
  const [isBusy, setBusy] = useState(false);
  const [problem, setProblem] = useState<unknown>(null);
  const [done, setDone] = useState<Backup>();

  const read = async () => {
    const isRight = allRight([passphrase]);
    setFileMissing(file === undefined);
    if (file === undefined || !isRight) return;
    setBusy(true);
    setProblem(null);
    try {
      setDone(await purchases.importAll(file, passphrase.text));
    } catch (error) {
      setProblem(error);
    } finally {
      setBusy(false);
    }
  };
  const { name, message } = asProblem(problem);
  const isWrongPassphrase = problem !== null && name === 'WrongPassphrase';
  const isWrongFile = problem !== null && (name === 'NotABackup' || name === 'BackupTooNew');
  return (
    <Dialog
      open
      onClose={onClose}
      title="Import keys and history"
      actions={
        done === undefined ? (
          <Button kind="primary" icon="upload" type="submit" form={form} busy={isBusy}>
            Add to this browser
          </Button>
        ) : (
          <Button kind="primary" onClick={onClose}>
            Done
          </Button>
        )
      }
    >
      {done === undefined ? (
        <form
          id={form}
          noValidate
          onSubmit={(event) => {
            event.preventDefault();
            void read();
          }}
        >
          <PassphraseOwner />
          <Stack gap={4}>
            <p>What the backup holds is added; nothing that is here is changed or removed.</p>
            {!isWrongPassphrase && !isWrongFile && <ProblemNotice title="The backup was not read" problem={problem} />}
            <FileDrop
              icon="file"
              label={file === undefined ? 'Drop a backup here, or pick one' : file.name}
              hint={
                file === undefined
                  ? 'A file that was exported here'
                  : `${formatBytes(file.size)}; drop another one to replace it`
              }
              error={isWrongFile ? message : isFileMissing ? 'Choose the file of the backup.' : undefined}
              onFiles={([first]) => {
                setFile(first);
                setFileMissing(false);
                setProblem(null);
              }}
            />
            <Field label="Passphrase" input={passphrase} error={isWrongPassphrase ? message : passphrase.shownError}>
              <TextInput input={passphrase} type="password" autoComplete="current-password" />
            </Field>
          </Stack>
        </form>
      ) : (
        <Notice tone="good" title="The backup was added">
          {plural(done.keys, 'key')} and {plural(done.inferences, 'inference')} are in this browser now.
        </Notice>
      )}
    </Dialog>
  );
}
