'use client';
/** Shows an image as the model would be fed it, so that a wrong fit or channel is seen before anything is paid. */
import { useEffect, useState } from 'react';

import type { PreparedImage } from '../../../lib/cockpit/types.ts';
import { useCockpit } from '../../cockpit.tsx';
import { FedPreview } from '../../image-input/fed-preview.tsx';
import { FileDrop } from '../../ui/file-drop.tsx';
import { Muted } from '../../ui/layout.tsx';
import { asProblem } from '../../ui/notice.tsx';
import { descriptionOf, emptyFields, type DescriptionFields } from './description-fields.ts';
import styles from './image-preview.module.css';

interface Shown {
  readonly fed?: PreparedImage['fed'];
  readonly error?: string;
}

/** Takes an image, and prepares it anew with every change of the form. */
export function ImagePreview({ fields: { inputs, image } }: { readonly fields: DescriptionFields }) {
  const cockpit = useCockpit();
  const [file, setFile] = useState<File>();
  const [shown, setShown] = useState<Shown>({});
  useEffect(() => {
    if (file === undefined) return undefined;
    let isStale = false;
    const prepare = async () => {
      const fields = { ...emptyFields, inputs, image, takesImage: true };
      return cockpit.prepareImage(file, descriptionOf(fields, { kind: 'none' }));
    };
    prepare().then(
      ({ fed }) => isStale || setShown({ fed }),
      (error: unknown) => isStale || setShown({ error: asProblem(error).message }),
    );
    return () => {
      isStale = true;
    };
  }, [cockpit, file, inputs, image]);
  return (
    <div className={styles.preview}>
      <FileDrop
        icon="image"
        label="Try it with an image"
        hint="It stays in this browser, and shows what the model would be fed."
        accept={['image/*']}
        error={shown.error}
        onFiles={([chosen]) => setFile(chosen)}
      />
      {shown.fed !== undefined && file !== undefined && (
        <div className={styles.fed}>
          <FedPreview fed={shown.fed} label={file.name} />
          <Muted>
            {shown.fed.width} × {shown.fed.height} pixels, as the model sees it
          </Muted>
        </div>
      )}
    </div>
  );
}
