import type { PodTemplateSpec } from '../../api/kubernetes.js';
import type { PodChange } from '../diff.js';
import type { PodView } from './pod-view.js';
import type { Round } from './round.js';

/** How a pod comes to a template. */
export type Way =
  | { readonly kind: 'metadata' | 'inPlace'; readonly change: PodChange }
  /** Its child makes it anew. */
  | { readonly kind: 'recreate' }
  /** It may not be made anew, and cannot have the template otherwise. */
  | { readonly kind: 'none'; readonly why: string; readonly cause: 'template' | 'pod' }
  /** It is being found out. */
  | { readonly kind: 'wait'; readonly why: string };

const NO_CHANGE: PodChange = { images: {}, sidecars: {}, initImages: {}, labels: {}, annotations: {} };

/** Milliseconds in which a revision that a pod carries may still come into sight. */
const REVISION_APPEARS = 30_000;

/** The way of a pod that is not at the template yet: rollout.md section 4. */
export function wayTo(round: Round, view: PodView, template: PodTemplateSpec): Way {
  const { settings } = round;
  const diff = round.diffTo(template, view.base);
  if (!diff) return wayFromUnknown(round, view);
  switch (diff.kind) {
    case 'none':
      return { kind: 'metadata', change: NO_CHANGE };
    case 'metadata':
      return diff;
    case 'recreate': {
      const [{ path, why }] = diff.reasons as [(typeof diff.reasons)[number]];
      return recreated(round, 'template', `${path}: ${why}`);
    }
    case 'inPlace':
      if (settings.type !== 'InplaceUpdate') return { kind: 'recreate' };
      if (view.gate.kind === 'none' && !settings.patchUngated) return { kind: 'recreate' };
      return sidecarObstacle(round, view, diff.change) ?? diff;
  }
}

function recreated({ settings }: Round, cause: 'template' | 'pod', why: string): Way {
  return settings.mayRecreate ? { kind: 'recreate' } : { kind: 'none', why, cause };
}

function wayFromUnknown(round: Round, view: PodView): Way {
  const { base = '(none)' } = view;
  const lostAt = round.unknownSince(view) + REVISION_APPEARS;
  if (round.now >= lostAt) return recreated(round, 'pod', `its revision ${base} is not known any more`);
  round.draft.wake(lostAt);
  return { kind: 'wait', why: `its revision ${base} is not seen yet` };
}

/** Kubelets before 1.32 do not restart a native sidecar whose image changes. */
function sidecarObstacle(round: Round, { pod }: PodView, { sidecars }: PodChange): Way | undefined {
  const { nodeName } = pod.spec;
  const [name] = Object.keys(sidecars);
  if (name === undefined || nodeName === undefined) return undefined;
  const kubelet = round.snapshot.kubelets.get(nodeName);
  const [, major, minor] = /^v?(\d+)\.(\d+)/.exec(kubelet ?? '') ?? [];
  if (major === undefined) return { kind: 'wait', why: `the kubelet version of node ${nodeName} is not known` };
  if (Number(major) > 1 || Number(minor) >= 32) return undefined;
  const why = `sidecar ${name}: node ${nodeName} runs kubelet ${kubelet}, and sidecars change in place from 1.32 on`;
  return recreated(round, 'template', why);
}
