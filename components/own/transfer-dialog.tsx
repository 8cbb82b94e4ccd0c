'use client';
/** Gives a model's NFT to somebody else. */
import { useState } from 'react';

import type { Model } from '../../lib/market/types.ts';
import { useCockpit, useObservable } from '../cockpit.tsx';
import { FormDialog } from '../ui/form-dialog.tsx';
import { Field } from '../ui/field.tsx';
import { shortId } from '../ui/format.ts';
import { Checkbox, TextInput } from '../ui/inputs.tsx';
import { Notice, ProblemNotice } from '../ui/notice.tsx';
import { Address } from '../ui/values.tsx';
import { Consequences } from './consequences.tsx';
import { useAction } from '../use-action.ts';
import { useAddressInput } from './use-address.ts';

/** Asks for the address, shows it as the chain writes it, says what goes with the NFT, and signs. */
export function TransferDialog({ model, onClose }: { readonly model: Model; readonly onClose: () => void }) {
  const { id, newest, owner } = model;
  const { owning, accounts } = useCockpit();
  const known = useObservable(accounts.all);
  const { input, address, error } = useAddressInput({ required: 'Paste the address of the new owner.' });
  const [isCompared, setCompared] = useState(false);
  const [isAsked, setAsked] = useState(false);
  const { isBusy, problem, run } = useAction(async (to: string) => {
    await owning.transfer(id, to);
    onClose();
  });
  const isOwner = address !== undefined && address === owner;
  const name = known.find((account) => account.address === address)?.name;

  const transfer = () => {
    input.touch();
    setAsked(true);
    if (address !== undefined && !isOwner && isCompared) run(address);
  };
  return (
    <FormDialog
      title={`Transfer ${newest.description.name}`}
      onClose={onClose}
      onSubmit={transfer}
      submit={{
        kind: 'danger',
        icon: 'transfer',
        busy: isBusy,
        children: address === undefined ? 'Transfer' : `Transfer to ${name ?? shortId(address)}`,
      }}
    >
      <ProblemNotice title="The model was not transferred" problem={problem} />
      <Field
        label="Address of the new owner"
        input={input}
        error={isOwner ? 'This account owns the model already.' : error}
      >
        <TextInput input={input} mono />
      </Field>
      {address !== undefined && !isOwner && <Address address={address} full copyable={false} />}
      <Consequences
        items={[
          { tone: 'bad', text: 'From that block on every royalty goes to the new owner, in open agreements too.' },
          {
            tone: 'bad',
            text: 'Only the new owner can change the royalty, publish versions, retire the model or pass it on.',
          },
          {
            tone: 'plain',
            text: 'The deposits that you paid for the model stay yours; they are released when it is removed.',
          },
        ]}
      />
      <Notice title="A transfer gives the model away">
        Nothing is paid for it, and nobody can take it back. To be paid, sell the model: the chain then exchanges it and
        the price in one transaction.
      </Notice>
      <Checkbox
        label="I have compared the address"
        hint={isAsked && !isCompared ? 'Compare it, then tick this.' : undefined}
        checked={isCompared}
        onChecked={setCompared}
      />
    </FormDialog>
  );
}
