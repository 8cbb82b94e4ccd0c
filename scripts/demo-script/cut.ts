/** Cutting a film: which moment of the story is shown when. */
import type { Told } from './narrator.ts';

/** A step in the film. Within it the story's time passes evenly. All times in milliseconds. */
export interface Scene {
  readonly number: number;
  readonly title: string;
  readonly caption: string;
  readonly by: string;
  readonly storyBeginsAtMs: number;
  readonly storyEndsAtMs: number;
  readonly beginsAtMs: number;
  readonly endsAtMs: number;
  /** How many times faster than it happened: waiting for blocks is dull. */
  readonly speed: number;
  /** From here on until its end it stands still, so that it can be read. */
  readonly stillFromMs: number;
}

/** A step that took longer is shown faster, so that it takes no more than this. */
const longestMs = 9_000;
/** The end of each step can be looked at for so long. */
const stillMs = 2_500;

/** The scenes of a film, one after the other, from its beginning on. */
export function cut(steps: readonly Omit<Told, 'pictures' | 'facts'>[]): readonly Scene[] {
  const scenes: Scene[] = [];
  for (const { number, title, caption, by, beginsAtMs, endsAtMs } of steps) {
    const tookMs = endsAtMs - beginsAtMs;
    const speed = Math.max(1, tookMs / longestMs);
    const at = scenes.at(-1)?.endsAtMs ?? 0;
    const stillFromMs = at + tookMs / speed;
    scenes.push({
      ...{ number, title, caption, by, storyBeginsAtMs: beginsAtMs, storyEndsAtMs: endsAtMs },
      ...{ beginsAtMs: at, stillFromMs, endsAtMs: stillFromMs + stillMs, speed },
    });
  }
  return scenes;
}

/** The moment of the story that a scene shows at a time of the film. */
export function storyTime(scene: Scene, filmMs: number): number {
  return Math.min(scene.storyEndsAtMs, scene.storyBeginsAtMs + (filmMs - scene.beginsAtMs) * scene.speed);
}
