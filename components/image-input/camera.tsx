'use client';
/** A picture from the camera. It runs only after a press, and stops when this leaves the page. */
import { useEffect, useRef, useState } from 'react';

import { Button } from '../ui/button.tsx';
import { Cluster } from '../ui/layout.tsx';
import { EmptyState } from '../ui/placeholder.tsx';
import { Notice } from '../ui/notice.tsx';
import { cameraProblem } from './camera-problem.ts';
import type { PickedImage } from './types.ts';
import styles from './image-input.module.css';

export function Camera({ onImage }: { readonly onImage: (image: PickedImage) => void }) {
  const video = useRef<HTMLVideoElement>(null);
  const [stream, setStream] = useState<MediaStream | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  const [taken, setTaken] = useState(0);

  useEffect(() => {
    if (video.current) video.current.srcObject = stream;
    return () => stream?.getTracks().forEach((track) => track.stop());
  }, [stream]);

  const open = async () => {
    setProblem(null);
    try {
      // Without a secure context there is no such object.
      const devices = navigator.mediaDevices as MediaDevices | undefined;
      if (devices === undefined) throw new DOMException('No secure context.', 'NotSupportedError');
      setStream(await devices.getUserMedia({ video: { facingMode: 'environment' }, audio: false }));
    } catch (error) {
      setProblem(cameraProblem(error));
    }
  };
  const take = () => {
    const source = video.current;
    if (source === null || source.videoWidth === 0) return;
    const canvas = new OffscreenCanvas(source.videoWidth, source.videoHeight);
    canvas.getContext('2d')?.drawImage(source, 0, 0);
    setTaken(taken + 1);
    void canvas.convertToBlob({ type: 'image/png' }).then((blob) => onImage({ label: `Picture ${taken + 1}`, blob }));
  };

  if (stream === null) {
    return (
      <>
        {problem !== null && <Notice tone="warning">{problem}</Notice>}
        <EmptyState
          icon="camera"
          title="Take a picture"
          actions={
            <Button icon="camera" onClick={() => void open()}>
              Turn the camera on
            </Button>
          }
        >
          Pictures stay in this browser until you send them, encrypted, to a provider.
        </EmptyState>
      </>
    );
  }
  return (
    <div className={styles.pad}>
      {/* A live picture of one's own has no words that captions could give. */}
      <video ref={video} className={styles.video} autoPlay playsInline muted aria-label="What the camera sees" />
      <Cluster>
        <Button kind="primary" icon="camera" onClick={take}>
          Take the picture
        </Button>
        <Button kind="quiet" onClick={() => setStream(null)}>
          Turn the camera off
        </Button>
      </Cluster>
    </div>
  );
}
