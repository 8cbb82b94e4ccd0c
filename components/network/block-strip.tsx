/** The blocks seen here as one strip: how regularly they come, which are final, where something happened. */
import type { SeenBlock } from '../../lib/cockpit/types.ts';
import styles from './block-strip.module.css';

const most = 50;
const height = 36;

/** Draws the blocks from the oldest to the newest. The list below it says the same, so it is hidden from screen readers. */
export function BlockStrip({ blocks }: { readonly blocks: readonly SeenBlock[] }) {
  const drawn = blocks.slice(0, most).toReversed();
  const busiest = Math.max(1, ...drawn.map(({ events }) => events?.length ?? 0));
  const width = 100 / most;
  return (
    <figure className={styles.figure} aria-hidden="true">
      <svg className={styles.strip} width="100%" height={height}>
        {Array.from({ length: most - drawn.length }, (_, index) => (
          <rect
            key={index}
            className={styles.slot}
            x={`${index * width + width * 0.14}%`}
            y={height - 2}
            width={`${width * 0.72}%`}
            height={2}
          />
        ))}
        {drawn.map(({ hash, isFinal, events }, index) => {
          const count = events?.length ?? 0;
          // Even an empty block can be seen, and one with events stands out.
          const size = count === 0 ? 8 : 14 + (count / busiest) * (height - 14);
          return (
            <rect
              key={hash}
              className={styles.block}
              data-final={isFinal}
              data-busy={count > 0}
              x={`${100 - (drawn.length - index) * width + width * 0.14}%`}
              y={height - size}
              width={`${width * 0.72}%`}
              height={size}
              rx={1.5}
            />
          );
        })}
      </svg>
      <figcaption className={styles.legend}>
        <span data-key="pending">pending</span>
        <span data-key="final">final</span>
        <span data-key="busy">with market events</span>
      </figcaption>
    </figure>
  );
}
