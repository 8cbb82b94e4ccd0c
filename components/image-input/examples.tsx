'use client';
/** Images to try a model with: also for who cannot draw. */
import { useAction } from '../use-action.ts';
import { ProblemNotice } from '../ui/notice.tsx';
import { Muted } from '../ui/layout.tsx';
import type { Example } from './example-set.ts';
import type { PickedImage } from './types.ts';
import styles from './image-input.module.css';

interface ExamplesProps {
  readonly examples: readonly Example[];
  readonly onImage: (image: PickedImage) => void;
}

export function Examples({ examples, onImage }: ExamplesProps) {
  const pick = useAction(async ({ label, url }: Example) => {
    onImage({ label, blob: await fetchImage(url) });
  });
  return (
    <div className={styles.pad}>
      <ul className={styles.examples}>
        {examples.map((example) => (
          <li key={example.url}>
            <button type="button" className={styles.example} title={example.label} onClick={() => pick.run(example)}>
              <img src={example.url} alt={example.label} width={44} height={44} loading="lazy" />
            </button>
          </li>
        ))}
      </ul>
      <p>
        <Muted>Held back from training: the model has never seen them.</Muted>
      </p>
      <ProblemNotice title="The example cannot be fetched" problem={pick.problem} />
    </div>
  );
}

async function fetchImage(url: string): Promise<Blob> {
  const response = await fetch(url, { signal: AbortSignal.timeout(20_000) });
  if (!response.ok) throw new Error(`The server says ${response.status} for ${url}.`);
  return response.blob();
}
