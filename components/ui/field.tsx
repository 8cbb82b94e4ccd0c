'use client';
/** A control with its label, its hint and what is wrong with it. */
import { createContext, use, useId, useMemo, type ReactNode } from 'react';

import { Icon } from './icons.tsx';
import type { Input } from './use-input.ts';
import styles from './field.module.css';

/** What a control in a field takes from it, so that label, hint and error belong to it for screen readers as well. */
interface FieldContextValue {
  readonly id: string;
  readonly describedBy: string | undefined;
  readonly invalid: boolean;
}

const FieldContext = createContext<FieldContextValue | undefined>(undefined);

/** The attributes by which a control belongs to the field around it; none outside of a field. */
export function useFieldControl(): { id?: string; 'aria-describedby'?: string; 'aria-invalid'?: true } {
  const field = use(FieldContext);
  if (field === undefined) return {};
  return {
    id: field.id,
    ...(field.describedBy === undefined ? {} : { 'aria-describedby': field.describedBy }),
    ...(field.invalid ? { 'aria-invalid': true } : {}),
  };
}

interface FieldProps {
  readonly label: ReactNode;
  /** Always there, below the label: what is meant, in which unit, what happens with it. */
  readonly hint?: ReactNode;
  /** Whose error is shown. */
  readonly input?: Input<unknown>;
  /** Shown instead of the input's own, such as what the chain has said about it. */
  readonly error?: string | undefined;
  /** Beside the label: a small link or button, such as one that fills in a suggestion. */
  readonly aside?: ReactNode;
  /** Exactly one control: `TextInput`, `NumberInput`, `AmountInput`, `Select` ... */
  readonly children: ReactNode;
}

/** A field of a form. An error stands below the control and is read out; what was typed stays. */
export function Field({ label, hint, input, error = input?.shownError, aside, children }: FieldProps) {
  const id = useId();
  const invalid = error !== undefined;
  const hasHint = hint !== undefined;
  const value = useMemo(() => {
    const parts = [hasHint && `${id}-hint`, invalid && `${id}-error`].filter(Boolean);
    return { id, describedBy: parts.length === 0 ? undefined : parts.join(' '), invalid };
  }, [id, hasHint, invalid]);
  return (
    <div className={styles.field}>
      <div className={styles.head}>
        <label className={styles.label} htmlFor={id}>
          {label}
        </label>
        {aside !== undefined && <span className={styles.aside}>{aside}</span>}
      </div>
      {hasHint && (
        <div id={`${id}-hint`} className={styles.hint}>
          {hint}
        </div>
      )}
      <FieldContext value={value}>{children}</FieldContext>
      <div id={`${id}-error`} className={styles.error} aria-live="polite">
        {invalid && (
          <>
            <Icon name="error" size={16} />
            <span>{error}</span>
          </>
        )}
      </div>
    </div>
  );
}
