'use client';
/** Writes everything that is kept here into one encrypted file. */
import { useId, useState } from 'react';

import { useCockpit } from '../cockpit.tsx';
import { Button } from '../ui/button.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { Field } from '../ui/field.tsx';
import { TextInput } from '../ui/inputs.tsx';
import { Stack } from '../ui/layout.tsx';
import { Notice, ProblemNotice } from '../ui/notice.tsx';
import { allRight, useInput } from '../ui/use-input.ts';
import { PassphraseOwner } from './passphrase-owner.tsx';
import { saveFile } from './save-file.ts';
import { backupName, parseNewPassphrase, repeatProblem } from './passphrase.ts';

/** Asks for a passphrase twice, and saves the file. */
export function ExportDialog({ onClose }: { readonly onClose: () => void }) {
  const { purchases } = useCockpit();
  const form = useId();
  const passphrase = useInput('', parseNewPassphrase);
  const again = useInput(
    '',
    (text) => text,
    (text) => repeatProblem(passphrase.text, text),
  );
  const [state, setState] = useState<'asking' | 'working' | { readonly savedAs: string }>('asking');
  const [problem, setProblem] = useState<unknown>(null);

  const save = async () => {
    if (!allRight([passphrase, again])) return;
    setState('working');
    setProblem(null);
    try {
      const savedAs = backupName(new Date());
      saveFile(await purchases.exportAll(passphrase.text), savedAs);
      setState({ savedAs });
    } catch (error) {
      setProblem(error);
      setState('asking');
    }
  };
  const isSaved = typeof state === 'object';
  return (
    <Dialog
      open
      onClose={onClose}
      title="Export keys and history"
      actions={
        isSaved ? (
          <Button kind="primary" onClick={onClose}>
            Done
          </Button>
        ) : (
          <Button kind="primary" icon="download" type="submit" form={form} busy={state === 'working'}>
            Encrypt and save
          </Button>
        )
      }
    >
      {isSaved ? (
        <Notice tone="good" title={`Saved as ${state.savedAs}`}>
          Without the passphrase nobody can open it, and nobody can get the passphrase back: keep both, apart from each
          other.
        </Notice>
      ) : (
        <form
          id={form}
          noValidate
          onSubmit={(event) => {
            event.preventDefault();
            void save();
          }}
        >
          <PassphraseOwner />
          <Stack gap={4}>
            <p>
              The file holds the keys of your orders, everything you sent from this browser and what came back. It is
              encrypted with a passphrase; keys of your wallet are not in it.
            </p>
            <ProblemNotice title="The backup was not made" problem={problem} />
            <Field
              label="Passphrase"
              hint="At least 8 characters. Several words are easier to keep than signs."
              input={passphrase}
            >
              <TextInput input={passphrase} type="password" autoComplete="new-password" />
            </Field>
            <Field label="Passphrase again" input={again}>
              <TextInput input={again} type="password" autoComplete="new-password" />
            </Field>
          </Stack>
        </form>
      )}
    </Dialog>
  );
}
