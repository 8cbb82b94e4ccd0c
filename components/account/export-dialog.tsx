'use client';
/** Writes everything that is kept here into one encrypted file. */
import { useState } from 'react';

import { useCockpit } from '../cockpit.tsx';
import { useAction } from '../use-action.ts';
import { Button } from '../ui/button.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { FormDialog } from '../ui/form-dialog.tsx';
import { Field } from '../ui/field.tsx';
import { TextInput } from '../ui/inputs.tsx';
import { Notice, ProblemNotice } from '../ui/notice.tsx';
import { allRight, useInput } from '../ui/use-input.ts';
import { PassphraseOwner } from './passphrase-owner.tsx';
import { saveFile } from './save-file.ts';
import { backupName, parseNewPassphrase, repeatProblem } from './passphrase.ts';

/** Asks for a passphrase twice, and saves the file. */
export function ExportDialog({ onClose }: { readonly onClose: () => void }) {
  const { purchases } = useCockpit();
  const passphrase = useInput('', parseNewPassphrase);
  const again = useInput(
    '',
    (text) => text,
    (text) => repeatProblem(passphrase.text, text),
  );
  const [savedAs, setSavedAs] = useState<string>();
  const { isBusy, problem, run } = useAction(async () => {
    const name = backupName(new Date());
    saveFile(await purchases.exportAll(passphrase.text), name);
    setSavedAs(name);
  });
  const save = () => {
    if (allRight([passphrase, again])) run();
  };
  const title = 'Export keys and history';
  if (savedAs !== undefined) {
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
        <Notice tone="good" title={`Saved as ${savedAs}`}>
          Without the passphrase nobody can open it, and nobody can get the passphrase back: keep both, apart from each
          other.
        </Notice>
      </Dialog>
    );
  }
  return (
    <FormDialog
      title={title}
      onClose={onClose}
      onSubmit={save}
      submit={{ icon: 'download', busy: isBusy, children: 'Encrypt and save' }}
      hidden={<PassphraseOwner />}
    >
      <p>
        The file holds the keys of your orders, everything you sent from this browser and what came back. It is
        encrypted with a passphrase; keys of your wallet are not in it, nor the key that signs in this browser.
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
    </FormDialog>
  );
}
