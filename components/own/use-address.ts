'use client';
/** An address that is typed or pasted, checked by the chain's own rules. */
import { useEffect, useState } from 'react';

import type { Address } from '../../lib/market/types.ts';
import { useCockpit } from '../cockpit.tsx';
import { asProblem } from '../ui/notice.tsx';
import { useTextInput, type Input } from '../ui/use-input.ts';

export interface AddressInput {
  readonly input: Input<string>;
  /** With the chain's prefix; `undefined` while it is not right. */
  readonly address: Address | undefined;
  /** What is wrong with it, once there is something to say. */
  readonly error: string | undefined;
}

interface Checked {
  readonly text: string;
  readonly address?: Address;
  readonly error?: string;
}

interface AddressOptions {
  /** Default: none. */
  readonly initial?: string;
  /** What is said when the field is empty; without it that is right. */
  readonly required?: string;
}

/** The state of a field for an address. */
export function useAddressInput({ initial = '', ...rules }: AddressOptions): AddressInput {
  const cockpit = useCockpit();
  const input = useTextInput(initial, rules);
  const [checked, setChecked] = useState<Checked>({ text: '' });
  const text = input.value ?? '';
  useEffect(() => {
    if (text === '') return undefined;
    // Answers can come in another order than the letters were typed.
    let isStale = false;
    cockpit.parseAddress(text).then(
      (address) => isStale || setChecked({ text, address }),
      (error: unknown) => isStale || setChecked({ text, error: asProblem(error).message }),
    );
    return () => {
      isStale = true;
    };
  }, [cockpit, text]);
  const current = checked.text === text ? checked : undefined;
  return { input, address: current?.address, error: input.shownError ?? current?.error };
}
