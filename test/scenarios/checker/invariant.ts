import type { Step, Write } from './timeline.js';
import type { World } from './world.js';

/** Something that must hold at all times: rollout.md section 9. Each has what it remembers, for one namespace. */
export interface Invariant {
  readonly name: string;
  /** The world shows the step already. Returns what is wrong with it. */
  step?(step: Step, world: World): string | undefined;
  /** Called for each write of anybody, refused ones as well, when the world shows what was known when it was sent. */
  write?(write: Write, world: World): string | undefined;
}
