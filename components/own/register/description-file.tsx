'use client';
/** Fills in the form from a description in a JSON file. */
import { useState } from 'react';

import { useCockpit } from '../../cockpit.tsx';
import { Disclosure } from '../../ui/disclosure.tsx';
import { FileDrop } from '../../ui/file-drop.tsx';
import { asProblem } from '../../ui/notice.tsx';
import { fieldsOf, type DescriptionFields } from './description-fields.ts';

/** Takes a JSON file. What is in the form stays when the file is wrong. */
export function DescriptionFile({ onFields }: { readonly onFields: (fields: DescriptionFields) => void }) {
  const { owning } = useCockpit();
  const [taken, setTaken] = useState<string>();
  const [error, setError] = useState<string>();
  const read = async (file: File) => {
    setError(undefined);
    try {
      onFields(fieldsOf(await owning.parseDescription(await file.text())));
      setTaken(file.name);
    } catch (thrown) {
      setError(asProblem(thrown).message);
    }
  };
  return (
    <Disclosure summary="You have the description as a JSON file?">
      <FileDrop
        icon="file"
        label={taken === undefined ? 'Drop it here, or pick it' : `Filled in from ${taken}`}
        hint="It replaces everything in the form below."
        accept={['.json', 'application/json']}
        maxBytes={1_048_576}
        error={error}
        onFiles={([file]) => {
          if (file !== undefined) void read(file);
        }}
      />
    </Disclosure>
  );
}
