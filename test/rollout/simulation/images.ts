import { hash } from '../../../src/cluster/random.js';

/** How an image behaves, told by its name: `game:crash-7` crashes, `game:3` is good, `game:3-again` is the same image as `game:3`. */
export interface ImageBehaviour {
  readonly imageID: string;
  /** Whether it can be pulled. */
  readonly exists: boolean;
  /** Pulling takes tens of seconds. */
  readonly pullsSlowly: boolean;
  /** It ends a few seconds after it has started. */
  readonly crashes: boolean;
  readonly becomesReady: boolean;
  /** It takes tens of seconds to become ready. */
  readonly startsSlowly: boolean;
}

export function behaviourOf(image: string): ImageBehaviour {
  const pinned = /@(sha256:[0-9a-f]+)$/.exec(image)?.[1];
  const [name = '', tag = ''] = image.replace(/@.*/, '').split(':');
  const content = `${name}:${tag.replace('-again', '')}`;
  const digest = pinned ?? digestOf(content);
  const is = (kind: string) => tag.startsWith(kind);
  return {
    imageID: `${name}@${digest}`,
    exists: !is('missing'),
    pullsSlowly: is('big'),
    crashes: is('crash'),
    becomesReady: !is('unready'),
    startsSlowly: is('slow'),
  };
}

export const digestOf = (content: string): string => `sha256:${hash(content).toString(16).padStart(8, '0')}`;

/** Whether pods with it come to serve. */
export function isGood(image: string): boolean {
  const { exists, crashes, becomesReady } = behaviourOf(image);
  return exists && !crashes && becomesReady;
}
