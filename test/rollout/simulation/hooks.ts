import type { Pod } from '../../../src/api/pod.js';
import { conditionOf } from '../../../src/api/pod.js';
import type { Random } from '../../../src/cluster/random.js';
import type { VirtualClock } from '../../../src/cluster/virtual-clock.js';
import type { HookAnswer, HookGate, HookPurpose } from '../../../src/rollout/hook-gate.js';
import { READINESS_GATE } from '../../../src/rollout/pod/gate.js';
import { UPDATE_STATE } from '../../../src/rollout/pod/update-state.js';
import type { ApiServer } from './api-server.js';

export interface HookOptions {
  readonly areThere: boolean;
  /** How long a hook takes in milliseconds; Infinity is one that does not agree before `release`. */
  readonly duration: (from: Random) => number;
}

/** Hooks that agree some time after they were first asked. What was agreed to is good until the pod is in traffic again. */
export class Hooks implements HookGate {
  private readonly agreeAt = new Map<string, number>();
  private readonly gates = new Map<string, { gate: string | undefined; state: string | undefined }>();
  private isReleased = false;
  onAgreed: () => void = () => undefined;

  constructor(
    api: ApiServer,
    private readonly clock: VirtualClock,
    private readonly random: Random,
    private readonly options: HookOptions,
  ) {
    api.watch(({ stream, object }) => {
      if (stream === 'pods' && object !== undefined) this.observe(object as Pod);
    });
  }

  ask(pod: Pod, purpose: HookPurpose): HookAnswer {
    if (!this.options.areThere) return { kind: 'agreed' };
    const key = keyOf(pod.metadata.uid!, purpose);
    if (!this.agreeAt.has(key)) this.begin(key);
    return this.has(pod.metadata.uid!, purpose)
      ? { kind: 'agreed' }
      : { kind: 'waiting', why: `its players have not left (${purpose})` };
  }

  has(uid: string, purpose: HookPurpose): boolean {
    return !this.options.areThere || (this.agreeAt.get(keyOf(uid, purpose)) ?? Infinity) <= this.clock.now();
  }

  /** From now on hooks agree soon, also those that would not have. */
  release(): void {
    this.isReleased = true;
    for (const [key, at] of this.agreeAt) if (at === Infinity) this.begin(key);
  }

  private begin(key: string): void {
    const wanted = this.options.duration(this.random);
    const duration = this.isReleased ? Math.min(wanted, 1_000) : wanted;
    this.agreeAt.set(key, this.clock.now() + duration);
    if (duration < Infinity) this.clock.after(duration, () => this.onAgreed());
  }

  private observe(pod: Pod): void {
    const uid = pod.metadata.uid!;
    const gate = conditionOf(pod.status, READINESS_GATE)?.status;
    const state = pod.metadata.annotations?.[UPDATE_STATE];
    const before = this.gates.get(uid);
    if (before?.gate !== 'True' && gate === 'True') this.agreeAt.delete(keyOf(uid, 'updateInPlace'));
    if (before && before.state !== state) this.agreeAt.delete(keyOf(uid, 'afterUpdate'));
    this.gates.set(uid, { gate, state });
  }
}

const keyOf = (uid: string, purpose: HookPurpose): string => `${uid}/${purpose}`;
