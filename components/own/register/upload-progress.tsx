/** How far the upload and the signature are. */
import { Button } from '../../ui/button.tsx';
import { formatBytes } from '../../ui/format.ts';
import { Cluster, Stack } from '../../ui/layout.tsx';
import { Notice } from '../../ui/notice.tsx';
import { Progress } from '../../ui/progress.tsx';

export type UploadStage =
  | { readonly name: 'idle' }
  | { readonly name: 'labels' }
  | { readonly name: 'uploading'; readonly bytes: number; readonly total: number }
  | { readonly name: 'signing' };

interface UploadProgressProps {
  readonly stage: UploadStage;
  readonly isUploaded: boolean;
  readonly onStop: () => void;
}

/** A bar while something goes on; what is done already otherwise. */
export function UploadProgress({ stage, isUploaded, onStop }: UploadProgressProps) {
  switch (stage.name) {
    case 'idle':
      if (!isUploaded) return null;
      return (
        <Notice tone="good" title="The file is on Dx">
          Other peers hold it. What is left is your signature.
        </Notice>
      );
    case 'labels':
      return <Progress label="Putting the labels on Dx" />;
    case 'uploading':
      return (
        <Stack gap={2}>
          <Progress
            label="Putting the file on Dx, until other peers hold it"
            value={stage.bytes}
            max={Math.max(1, stage.total)}
            text={`${formatBytes(stage.bytes)} of ${formatBytes(stage.total)}`}
          />
          <Cluster>
            <Button size="s" kind="quiet" icon="close" onClick={onStop}>
              Stop
            </Button>
          </Cluster>
        </Stack>
      );
    case 'signing':
      return <Progress label="Waiting for your signature and a block" />;
  }
}
