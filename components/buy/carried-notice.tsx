'use client';
/** The image that goes along with an order. */
import { Thumbnail } from '../image-input/thumbnail.tsx';
import { carrier, useCarried } from '../image-input/use-carried.ts';
import { IconButton } from '../ui/button.tsx';
import { Muted } from '../ui/layout.tsx';
import styles from './buy.module.css';

export function CarriedNotice({ model }: { readonly model: number }) {
  const image = useCarried(model);
  if (image === null) return null;
  return (
    <div className={styles.carried}>
      <Thumbnail blob={image.blob} label={image.label} size="s" />
      <p className={styles.carriedText}>
        {image.label} goes along
        <br />
        <Muted>It waits in this tab until you have an agreement to send it in.</Muted>
      </p>
      <IconButton icon="close" size="s" label="Leave the image behind" onClick={() => carrier.drop(model)} />
    </div>
  );
}
