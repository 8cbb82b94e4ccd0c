'use client';
/** A place for files: drop them, pick them, or paste them. */
import { useId, useState, type ReactNode } from 'react';

import { cx } from './cx.ts';
import { sortFiles, type FileRules } from './files.ts';
import { Icon, type IconName } from './icons.tsx';
import styles from './file-drop.module.css';

interface FileDropProps extends FileRules {
  /** What to do: `Drop images here, or pick them`. */
  readonly label: ReactNode;
  /** What is taken: `PNG or JPEG, up to 10 MiB`. */
  readonly hint?: ReactNode;
  readonly icon?: IconName;
  /** Only the files that are taken; never empty. */
  readonly onFiles: (files: readonly File[]) => void;
  readonly disabled?: boolean;
  /** What else is wrong with the file, found by reading it. */
  readonly error?: string | undefined;
}

/** Takes files. What is not taken is refused at once with the reason. */
export function FileDrop({ label, hint, icon = 'upload', onFiles, disabled = false, error, ...rules }: FileDropProps) {
  const id = useId();
  const [isOver, setOver] = useState(false);
  const [refusals, setRefusals] = useState<readonly string[]>([]);
  const take = (list: FileList | null) => {
    if (list === null || disabled) return;
    const { taken, refusals: refused } = sortFiles([...list], rules);
    setRefusals(refused);
    if (taken.length > 0) onFiles(taken);
  };
  const problems = error === undefined ? refusals : [...refusals, error];
  return (
    <div
      className={styles.frame}
      onPaste={(event) => {
        if (event.clipboardData.files.length > 0) take(event.clipboardData.files);
      }}
    >
      <label
        className={cx(styles.drop, isOver && styles.over, disabled && styles.disabled)}
        onDragOver={(event) => {
          event.preventDefault();
          setOver(!disabled);
        }}
        onDragLeave={() => setOver(false)}
        onDrop={(event) => {
          event.preventDefault();
          setOver(false);
          take(event.dataTransfer.files);
        }}
      >
        <input
          type="file"
          className={styles.input}
          accept={rules.accept?.join(',')}
          multiple={rules.multiple}
          disabled={disabled}
          aria-describedby={`${id}-hint ${id}-error`}
          onChange={(event) => {
            take(event.target.files);
            // The same file can be picked again, after it was mended.
            event.target.value = '';
          }}
        />
        <Icon name={icon} size={24} className={styles.icon} />
        <span className={styles.label}>{label}</span>
        {hint !== undefined && (
          <span id={`${id}-hint`} className={styles.hint}>
            {hint}
          </span>
        )}
      </label>
      <ul id={`${id}-error`} className={styles.error} aria-live="polite">
        {problems.map((problem) => (
          <li key={problem}>{problem}</li>
        ))}
      </ul>
    </div>
  );
}
