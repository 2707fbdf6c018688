import type { BuiltConstruct, BuiltZone } from './tree.js';

/** Where a GameZone looks for somebody who collects zones; constructs/game-zone.ts has the other end. */
const REGISTRY = Symbol.for('gamezone.zones');

interface Registry {
  add(zone: BuiltZone): void;
}

const holder = globalThis as { [REGISTRY]?: Registry };

/**
 * Collects the zones that are built until it is closed. A program may call `app.synth()`, so that it works without this
 * command too; meanwhile that call writes nothing.
 */
export class ZoneRegistry {
  readonly zones: BuiltZone[] = [];
  /** Roots whose `synth` does nothing now, with the one that they had of their own; most have that of their class. */
  private readonly silenced = new Map<BuiltConstruct, PropertyDescriptor | undefined>();

  constructor() {
    holder[REGISTRY] = {
      add: (zone) => {
        this.zones.push(zone);
        this.silence(zone.node.root);
      },
    };
  }

  close(): void {
    delete holder[REGISTRY];
    for (const [root, own] of this.silenced) {
      if (own) Object.defineProperty(root, 'synth', own);
      else Reflect.deleteProperty(root, 'synth');
    }
  }

  private silence(root: BuiltConstruct): void {
    if (this.silenced.has(root)) return;
    this.silenced.set(root, Object.getOwnPropertyDescriptor(root, 'synth'));
    Object.defineProperty(root, 'synth', { value: () => undefined, configurable: true });
  }
}
