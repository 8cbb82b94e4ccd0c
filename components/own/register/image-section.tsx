'use client';
/** How an image becomes the model's input. */
import type { ImageInput } from '../../../lib/market/types.ts';
import { Button } from '../../ui/button.tsx';
import { Field } from '../../ui/field.tsx';
import { Select, Switch, TextInput } from '../../ui/inputs.tsx';
import { Cluster, Grid, Muted, Section } from '../../ui/layout.tsx';
import {
  canTakeImage,
  channelCount,
  takesImage,
  type DescriptionFields,
  type ImageFields,
} from './description-fields.ts';
import type { ImageInputs } from './image-inputs.ts';
import { ImagePreview } from './image-preview.tsx';
import { repeatTo } from './numbers-text.ts';

interface ImageSectionProps {
  readonly fields: DescriptionFields;
  readonly change: (changed: Partial<DescriptionFields>) => void;
  readonly inputs: ImageInputs;
}

type Options<Value> = readonly { readonly value: Value; readonly label: string }[];

const channels: Options<ImageInput['channels']> = [
  { value: 'gray', label: 'Gray, one channel' },
  { value: 'rgb', label: 'Red, green, blue' },
  { value: 'bgr', label: 'Blue, green, red' },
];
const layouts: Options<ImageInput['layout']> = [
  { value: 'nchw', label: 'Channels first (NCHW)' },
  { value: 'nhwc', label: 'Channels last (NHWC)' },
];
const fits: Options<ImageInput['fit']> = [
  { value: 'cover', label: 'Cover: cut what stands out' },
  { value: 'contain', label: 'Contain: fill what is left' },
  { value: 'stretch', label: 'Stretch' },
];

/** Values of each channel for which most image models were trained. */
const imageNet = { mean: '0.485, 0.456, 0.406', std: '0.229, 0.224, 0.225' };

/** Asks whether the model takes an image, and how. */
export function ImageSection({ fields, change, inputs }: ImageSectionProps) {
  const { image } = fields;
  const isPossible = canTakeImage(fields.inputs);
  const set = (changed: Partial<ImageFields>) => change({ image: { ...image, ...changed } });
  const count = channelCount(image.channels);
  const setChannels = (value: ImageInput['channels']) => {
    const next = channelCount(value);
    set({ channels: value, mean: repeatTo(image.mean, next), std: repeatTo(image.std, next) });
  };
  const same = (value: string) => Array.from({ length: count }, () => value).join(', ');
  return (
    <Section title="Images">
      <Switch
        label="It takes an image"
        hint={
          isPossible
            ? 'Consumers can then draw, drop or photograph what they want to infer on.'
            : 'Its input has no four dimensions with one or three channels: consumers bring tensors as JSON.'
        }
        checked={takesImage(fields)}
        disabled={!isPossible}
        onChecked={(checked) => change({ takesImage: checked })}
      />
      {takesImage(fields) && (
        <>
          <Grid cell="s" gap={4}>
            <Field label="Channels">
              <Select value={image.channels} onValue={setChannels} options={channels} />
            </Field>
            <Field label="Layout">
              <Select value={image.layout} onValue={(value) => set({ layout: value })} options={layouts} />
            </Field>
            <Field label="Fit">
              <Select value={image.fit} onValue={(value) => set({ fit: value })} options={fits} />
            </Field>
          </Grid>
          <Muted>Each value of 0 to 255 becomes (value ÷ 255 − mean) ÷ deviation, as it was in the training.</Muted>
          <Grid cell="s" gap={4}>
            <Field label="Mean of each channel" input={inputs.mean}>
              <TextInput input={inputs.mean} mono />
            </Field>
            <Field label="Deviation of each channel" input={inputs.std}>
              <TextInput input={inputs.std} mono />
            </Field>
          </Grid>
          <Cluster>
            <Button size="s" onClick={() => set({ mean: same('0'), std: same('1') })}>
              0 to 1
            </Button>
            <Button size="s" onClick={() => set({ mean: same('0.5'), std: same('0.5') })}>
              −1 to 1
            </Button>
            {count === 3 && (
              <Button size="s" onClick={() => set(imageNet)}>
                As ImageNet
              </Button>
            )}
          </Cluster>
          <ImagePreview fields={fields} />
        </>
      )}
    </Section>
  );
}
