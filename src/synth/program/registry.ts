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
  private readonly silenced = new Set<BuiltConstruct>();

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
    for (const root of this.silenced) Reflect.deleteProperty(root, 'synth');
  }

  private silence(root: BuiltConstruct): void {
    if (this.silenced.has(root)) return;
    this.silenced.add(root);
    Object.defineProperty(root, 'synth', { value: () => undefined, configurable: true });
  }
}
