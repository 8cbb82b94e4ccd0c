'use client';
/** Export and import of what is kept in this browser. */
import { useState } from 'react';

import { Button } from '../ui/button.tsx';
import { Cluster, Muted, Section } from '../ui/layout.tsx';
import { ExportDialog } from './export-dialog.tsx';
import { ImportDialog } from './import-dialog.tsx';

/** Says what a backup is for, and opens the dialogs. */
export function BackupSection() {
  const [open, setOpen] = useState<'export' | 'import'>();
  const close = () => setOpen(undefined);
  return (
    <Section title="Backup">
      <Muted>
        The keys that open your results, and the history of what you sent, are in this browser alone. A backup takes
        them to another one, or through clearing this one.
      </Muted>
      <Cluster>
        <Button size="s" icon="download" onClick={() => setOpen('export')}>
          Export
        </Button>
        <Button size="s" icon="upload" onClick={() => setOpen('import')}>
          Import
        </Button>
      </Cluster>
      {open === 'export' && <ExportDialog onClose={close} />}
      {open === 'import' && <ImportDialog onClose={close} />}
    </Section>
  );
}
