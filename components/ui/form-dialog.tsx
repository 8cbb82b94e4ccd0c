'use client';
/** A dialog that asks for something. */
import { useId, type ComponentProps, type ReactNode } from 'react';

import { Button } from './button.tsx';
import { Dialog } from './dialog.tsx';
import { Stack } from './layout.tsx';

interface FormDialogProps {
  readonly title: ReactNode;
  readonly onClose: () => void;
  /** The button was pressed, or Enter in a field. */
  readonly onSubmit: () => void;
  /** The button that sends the form. */
  readonly submit: Omit<ComponentProps<typeof Button>, 'type' | 'form' | 'onClick'>;
  /** What stands in the form before its fields and takes no room. */
  readonly hidden?: ReactNode;
  readonly children: ReactNode;
}

/** A modal dialog with one form and its button. */
export function FormDialog({ title, onClose, onSubmit, submit, hidden, children }: FormDialogProps) {
  const form = useId();
  return (
    <Dialog
      open
      onClose={onClose}
      title={title}
      actions={<Button kind="primary" {...submit} type="submit" form={form} />}
    >
      <form
        id={form}
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          onSubmit();
        }}
      >
        {hidden}
        <Stack gap={4}>{children}</Stack>
      </form>
    </Dialog>
  );
}
