'use client';
/** The controls of forms. Give them the `Input` of one of the hooks in use-input.ts, and put them into a `Field`. */
import { useId, type ReactNode } from 'react';

import { SYMBOL } from '../../lib/market/amounts.ts';
import { cx } from './cx.ts';
import { useFieldControl } from './field.tsx';
import type { Input } from './use-input.ts';
import styles from './field.module.css';

interface TextInputProps {
  readonly input: Input<unknown>;
  readonly placeholder?: string;
  readonly type?: 'text' | 'search' | 'password';
  readonly autoComplete?: string;
  readonly disabled?: boolean;
  /** Several lines. */
  readonly rows?: number;
  /** For addresses, hashes and code. */
  readonly mono?: boolean;
  /** The name of a control that stands in no `Field`. */
  readonly label?: string;
}

/** One line of text, or several. */
export function TextInput({
  input,
  placeholder,
  type = 'text',
  autoComplete = 'off',
  disabled,
  rows,
  mono = false,
  label,
}: TextInputProps) {
  const shared = {
    ...useFieldControl(),
    ...typing(input),
    placeholder,
    autoComplete,
    disabled,
    'aria-label': label,
    spellCheck: rows !== undefined && !mono,
    className: cx(styles.control, mono && styles.mono),
  };
  return rows === undefined ? <input type={type} {...shared} /> : <textarea rows={rows} {...shared} />;
}

interface NumberInputProps {
  readonly input: Input<number>;
  /** Stands in the control, behind the number: `inferences`. */
  readonly unit?: string;
  readonly disabled?: boolean;
}

/** A number. It is text with a numeric keyboard: a number field of the browser would drop what it does not understand. */
export function NumberInput({ input, unit, disabled }: NumberInputProps) {
  return <WithUnit input={input} unit={unit} inputMode="numeric" disabled={disabled} />;
}

interface AmountInputProps {
  readonly input: Input<bigint>;
  readonly disabled?: boolean;
}

/** An amount of AIRO. */
export function AmountInput({ input, disabled }: AmountInputProps) {
  return <WithUnit input={input} unit={SYMBOL} inputMode="decimal" disabled={disabled} />;
}

interface WithUnitProps {
  readonly input: Input<unknown>;
  readonly unit: string | undefined;
  readonly inputMode: 'numeric' | 'decimal';
  readonly disabled: boolean | undefined;
}

function WithUnit({ input, unit, inputMode, disabled }: WithUnitProps) {
  return (
    <span className={cx(styles.control, styles.withUnit)}>
      <input
        type="text"
        {...useFieldControl()}
        {...typing(input)}
        inputMode={inputMode}
        autoComplete="off"
        disabled={disabled}
        className={styles.bare}
      />
      {unit !== undefined && (
        <span className={styles.unit} aria-hidden="true">
          {unit}
        </span>
      )}
    </span>
  );
}

function typing(input: Input<unknown>) {
  return {
    value: input.text,
    onChange: (event: { readonly target: { readonly value: string } }) => input.setText(event.target.value),
    onBlur: () => {
      if (input.text !== '') input.touch();
    },
    onPaste: () => input.touch(),
  };
}

interface SelectProps<Value extends string> {
  readonly value: Value;
  readonly onValue: (value: Value) => void;
  readonly options: readonly { readonly value: Value; readonly label: string }[];
  readonly disabled?: boolean;
  /** The name of a control that stands in no `Field`. */
  readonly label?: string;
}

/** One of several values. */
export function Select<Value extends string>({ value, onValue, options, disabled, label }: SelectProps<Value>) {
  return (
    <select
      {...useFieldControl()}
      className={cx(styles.control, styles.select)}
      value={value}
      disabled={disabled}
      aria-label={label}
      onChange={(event) => {
        const chosen = options.find((option) => option.value === event.target.value);
        if (chosen !== undefined) onValue(chosen.value);
      }}
    >
      {options.map((option) => (
        <option key={option.value} value={option.value}>
          {option.label}
        </option>
      ))}
    </select>
  );
}

interface ToggleProps {
  readonly label: ReactNode;
  readonly hint?: ReactNode;
  readonly checked: boolean;
  readonly onChecked: (checked: boolean) => void;
  readonly disabled?: boolean;
}

/** Yes or no, as part of a form that is submitted. It brings its own label: it stands in no `Field`. */
export function Checkbox(props: ToggleProps) {
  return <Toggle {...props} kind="checkbox" />;
}

/** On or off, with effect at once. It brings its own label: it stands in no `Field`. */
export function Switch(props: ToggleProps) {
  return <Toggle {...props} kind="switch" />;
}

function Toggle({
  label,
  hint,
  checked,
  onChecked,
  disabled,
  kind,
}: ToggleProps & { readonly kind: 'checkbox' | 'switch' }) {
  const id = useId();
  return (
    <div className={styles.toggle}>
      <input
        id={id}
        type="checkbox"
        role={kind === 'switch' ? 'switch' : undefined}
        className={styles[kind]}
        checked={checked}
        disabled={disabled}
        aria-describedby={hint === undefined ? undefined : `${id}-hint`}
        onChange={(event) => onChecked(event.target.checked)}
      />
      <label htmlFor={id}>{label}</label>
      {hint !== undefined && (
        <div id={`${id}-hint`} className={styles.hint}>
          {hint}
        </div>
      )}
    </div>
  );
}
