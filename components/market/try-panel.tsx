'use client';
/** An input for the model, made before anything is bought: it goes along when one buys. */
import { useRouter } from 'next/navigation';
import { useState } from 'react';

import type { Model } from '../../lib/market/types.ts';
import { Bench } from '../image-input/bench.tsx';
import { ImageSource } from '../image-input/image-source.tsx';
import type { PickedImage } from '../image-input/types.ts';
import { carrier } from '../image-input/use-carried.ts';
import { useDrawing } from '../image-input/use-drawing.ts';
import { usePrepared } from '../image-input/use-prepared.ts';
import { Button } from '../ui/button.tsx';
import { Muted } from '../ui/layout.tsx';
import { Panel } from '../ui/panel.tsx';

export function TryPanel({ model }: { readonly model: Model }) {
  if (model.newest.description.image === null) return <TensorsOnly model={model} />;
  return <TryImage model={model} />;
}

function TryImage({ model }: { readonly model: Model }) {
  const { description } = model.newest;
  const router = useRouter();
  const drawing = useDrawing();
  const [picked, setPicked] = useState<{ readonly image: PickedImage; readonly before: PickedImage | null } | null>(
    null,
  );
  // What came last counts: a stroke after something was picked, or the other way around.
  const image = picked !== null && picked.before === drawing.image ? picked.image : drawing.image;
  const prepared = usePrepared(image, description);
  const buy = () => {
    if (image !== null) void carrier.put(model.id, image);
    router.push(`/buy/?model=${model.id}`);
  };
  return (
    <Panel title="Try it" aside={<Muted>Nothing is sent before you have bought</Muted>}>
      <Bench
        description={description}
        image={image}
        prepared={prepared}
        source={
          <ImageSource
            description={description}
            drawing={drawing}
            onImages={([first]) => first && setPicked({ image: first, before: drawing.image })}
          />
        }
      >
        {!model.retired && prepared.prepared !== null && image !== null && (
          <div>
            <Button kind="primary" onClick={buy}>
              Buy with this input
            </Button>
          </div>
        )}
      </Bench>
    </Panel>
  );
}

function TensorsOnly({ model }: { readonly model: Model }) {
  return (
    <Panel title="Try it">
      <p>
        This model takes tensors, not images. Write a request of the Open Inference Protocol into a file, and send it
        from a command line: <code>npm run airo -- infer --model {model.id} request.json</code>
      </p>
    </Panel>
  );
}
