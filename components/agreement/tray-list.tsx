/** The images that wait to be sent. */
import { Thumbnail } from '../image-input/thumbnail.tsx';
import { IconButton } from '../ui/button.tsx';
import { plural } from '../ui/format.ts';
import type { PickedImage } from '../image-input/types.ts';
import type { TrayItem } from './use-tray.ts';
import styles from './agreement.module.css';

/** So many pictures are shown; of more only their number is told. */
const shownAtMost = 24;

interface TrayListProps {
  readonly items: readonly TrayItem[];
  readonly onRemove: (key: number) => void;
  /** What came along from the model's page. */
  readonly carried: PickedImage | null;
  readonly onDropCarried: () => void;
}

export function TrayList({ items, onRemove, carried, onDropCarried }: TrayListProps) {
  if (items.length === 0 && carried === null) return null;
  const refused = items.filter(({ refusal }) => refusal !== null);
  const good = items.filter(({ refusal }) => refusal === null);
  return (
    <div>
      <ul className={styles.tray} aria-label="Images to send">
        {carried !== null && (
          <li className={styles.trayItem}>
            <Thumbnail blob={carried.blob} label={carried.label} size="s" />
            <IconButton icon="close" size="s" label={`Take out ${carried.label}`} onClick={onDropCarried} />
          </li>
        )}
        {good.slice(0, shownAtMost).map(({ key, image, prepared }) => (
          <li key={key} className={styles.trayItem} aria-busy={prepared === null}>
            <Thumbnail blob={prepared?.thumbnail ?? image.blob} label={image.label} size="s" />
            <IconButton icon="close" size="s" label={`Take out ${image.label}`} onClick={() => onRemove(key)} />
          </li>
        ))}
      </ul>
      {good.length > shownAtMost && (
        <p className={styles.small}>and {plural(good.length - shownAtMost, 'more', 'more')}</p>
      )}
      {refused.length > 0 && (
        <ul className={styles.refused} role="alert">
          {refused.map(({ key, image, refusal }) => (
            <li key={key}>
              <span>
                <b>{image.label}</b> is not sent: {refusal}
              </span>
              <IconButton
                icon="close"
                size="s"
                label={`Close the message about ${image.label}`}
                onClick={() => onRemove(key)}
              />
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}
