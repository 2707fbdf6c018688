import type { ObjectShape } from '../../../kubernetes/facts.js';
import { isRecord, type Json } from '../json.js';
import { badRequest, Refusal } from '../refusal.js';
import { jsonPatch, NotAPatch, PatchFailed } from './json-patch.js';
import { mergePatch } from './merge-patch.js';
import { strategicMergePatch, Unpatchable } from './strategic-merge-patch.js';

/** As `Patch` of the client, with a body that nobody has looked at. */
export interface RawPatch {
  readonly type: 'json' | 'merge' | 'strategic' | 'apply';
  readonly body: unknown;
  readonly force?: boolean;
}

/**
 * An object after a patch; the object is not changed. `shape` is its type among Kubernetes' own, without which there is no strategic
 * merge.
 *
 * @throws Refusal
 */
export function patched(shape: ObjectShape | undefined, live: Json, patch: RawPatch): unknown {
  try {
    switch (patch.type) {
      case 'json':
        return jsonPatch(live, patch.body);
      case 'merge':
        if (!isRecord(patch.body)) throw new NotAPatch('a merge patch is an object');
        return mergePatch(live, patch.body);
      default: {
        const next = strategicMergePatch(shape!, live, patch.body);
        // It is read as what it was, whatever it says it is.
        return { ...next, apiVersion: live['apiVersion'], kind: live['kind'] };
      }
    }
  } catch (error) {
    if (error instanceof PatchFailed)
      throw new Refusal(
        422,
        'Invalid',
        `the server rejected our request due to an error in our request: ${error.message}`,
        { isTold: true },
      );
    if (error instanceof NotAPatch) throw badRequest(error.message);
    if (error instanceof Unpatchable) throw new Refusal(500, '', error.message);
    throw error;
  }
}
