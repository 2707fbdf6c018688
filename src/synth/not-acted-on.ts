import type { Manifest } from '../../constructs/manifests/manifest.js';
import { isKind } from '../api/check.js';
import type { Problem } from '../api/problem.js';
import { findUnsupported } from '../api/unsupported.js';

/** Collects what reaches the wire but nothing acts on yet: one warning for each reason, not for each object or kind. */
export class NotActedOn {
  private readonly byMessage = new Map<string, Problem>();
  private readonly kinds = new Set<string>();
  private wholeKind: Problem | undefined;

  add(manifest: Manifest): void {
    const { kind } = manifest;
    if (!isKind(kind)) return;
    for (const problem of findUnsupported(kind, manifest)) {
      if (problem.path[0] !== 'kind') this.byMessage.set(problem.message, problem);
      else {
        this.kinds.add(kind);
        this.wholeKind ??= problem;
      }
    }
  }

  problems(): Problem[] {
    const message = this.wholeKind?.message.replace(/(?<=^nothing acts on a )\w+/, [...this.kinds].join(', '));
    const whole = this.wholeKind && message !== undefined ? [{ ...this.wholeKind, message }] : [];
    return [...whole, ...this.byMessage.values()].map((problem) => ({ ...problem, path: ['metadata', 'name'] }));
  }
}
