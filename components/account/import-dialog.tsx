'use client';
/** Adds what a backup holds. */
import { useState } from 'react';

import type { Backup } from '../../lib/cockpit/types.ts';
import { useCockpit } from '../cockpit.tsx';
import { useAction } from '../use-action.ts';
import { Button } from '../ui/button.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { FormDialog } from '../ui/form-dialog.tsx';
import { Field } from '../ui/field.tsx';
import { FileDrop } from '../ui/file-drop.tsx';
import { formatBytes, plural } from '../ui/format.ts';
import { TextInput } from '../ui/inputs.tsx';
import { Notice, ProblemNotice } from '../ui/notice.tsx';
import { allRight, useInput } from '../ui/use-input.ts';
import { PassphraseOwner } from './passphrase-owner.tsx';
import { parsePassphrase } from './passphrase.ts';

/** Asks for the file and its passphrase. What is here stays; what is wrong is said where it is wrong. */
export function ImportDialog({ onClose }: { readonly onClose: () => void }) {
  const { purchases } = useCockpit();
  const passphrase = useInput('', parsePassphrase);
  const [file, setFile] = useState<File>();
  const [isFileMissing, setFileMissing] = useState(false);
  const [done, setDone] = useState<Backup>();
  const { isBusy, problem, run, clear } = useAction(async (backup: File) => {
    setDone(await purchases.importAll(backup, passphrase.text));
  });

  const read = () => {
    const isRight = allRight([passphrase]);
    setFileMissing(file === undefined);
    if (file !== undefined && isRight) run(file);
  };
  const isWrongPassphrase = problem?.name === 'WrongPassphrase';
  const isWrongFile = problem?.name === 'NotABackup' || problem?.name === 'BackupTooNew';
  const title = 'Import keys and history';
  if (done !== undefined) {
    return (
      <Dialog
        open
        onClose={onClose}
        title={title}
        actions={
          <Button kind="primary" onClick={onClose}>
            Done
          </Button>
        }
      >
        <Notice tone="good" title="The backup was added">
          {plural(done.keys, 'key')} and {plural(done.inferences, 'inference')} are in this browser now.
        </Notice>
      </Dialog>
    );
  }
  return (
    <FormDialog
      title={title}
      onClose={onClose}
      onSubmit={read}
      submit={{ icon: 'upload', busy: isBusy, children: 'Add to this browser' }}
      hidden={<PassphraseOwner />}
    >
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
        error={isWrongFile ? problem.message : isFileMissing ? 'Choose the file of the backup.' : undefined}
        onFiles={([first]) => {
          setFile(first);
          setFileMissing(false);
          clear();
        }}
      />
      <Field label="Passphrase" input={passphrase} error={isWrongPassphrase ? problem.message : passphrase.shownError}>
        <TextInput input={passphrase} type="password" autoComplete="current-password" />
      </Field>
    </FormDialog>
  );
}
