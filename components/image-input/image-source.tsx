'use client';
/** Where images come from: drawn, picked or dropped, taken with the camera, or one of the examples. */
import { useState } from 'react';

import type { Description } from '../../lib/market/types.ts';
import { fedSize } from '../market/describe.ts';
import { FileDrop } from '../ui/file-drop.tsx';
import { Tabs, type Tab } from '../ui/tabs.tsx';
import { Camera } from './camera.tsx';
import { DrawPad } from './draw-pad.tsx';
import { examplesFor } from './example-set.ts';
import { Examples } from './examples.tsx';
import type { PickedImage } from './types.ts';
import type { Drawing } from './use-drawing.ts';

type Source = 'draw' | 'files' | 'camera' | 'examples';

interface ImageSourceProps {
  readonly description: Description;
  /** Files, pictures and examples, as they come. */
  readonly onImages: (images: readonly PickedImage[]) => void;
  readonly drawing: Drawing;
  /** Several files at once. */
  readonly multiple?: boolean;
}

const maxBytes = 32 * 1024 * 1024;

export function ImageSource({ description, onImages, drawing, multiple = false }: ImageSourceProps) {
  const [source, setSource] = useState<Source>('draw');
  const examples = examplesFor(description);
  const tabs: readonly Tab<Source>[] = [
    { key: 'draw', label: 'Draw', content: <DrawPad fed={fedSize(description)} drawing={drawing} /> },
    {
      key: 'files',
      label: multiple ? 'Files' : 'File',
      content: (
        <FileDrop
          label={multiple ? 'Drop images here, or pick them' : 'Drop an image here, or pick one'}
          hint={`PNG, JPEG, WebP, GIF, AVIF or BMP, up to 32 MiB${multiple ? ' each' : ''}`}
          icon="image"
          accept={['image/*']}
          maxBytes={maxBytes}
          multiple={multiple}
          onFiles={(files) => onImages(files.map((file) => ({ label: file.name, blob: file })))}
        />
      ),
    },
    { key: 'camera', label: 'Camera', content: <Camera onImage={(image) => onImages([image])} /> },
    ...(examples.length === 0
      ? []
      : [
          {
            key: 'examples' as const,
            label: 'Examples',
            content: <Examples examples={examples} onImage={(image) => onImages([image])} />,
          },
        ]),
  ];
  return <Tabs label="Where the image comes from" tabs={tabs} value={source} onValue={setSource} />;
}
