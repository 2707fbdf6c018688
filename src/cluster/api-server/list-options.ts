import type { FieldCause } from '../../kube/error.js';
import { invalid } from './refusal.js';
import type { ListRequest } from './reads.js';

const MATCH = 'resourceVersionMatch';

/** @throws Refusal 422. Source: ValidateListOptions of k8s.io/apimachinery/pkg/apis/meta/internalversion/validation. */
export function checkListOptions({ resourceVersion, resourceVersionMatch: match, ...rest }: ListRequest): void {
  const causes: FieldCause[] = [];
  if (match) {
    if (!resourceVersion) causes.push(forbidden(MATCH, `${MATCH} is forbidden unless resourceVersion is provided`));
    if (rest.continue) causes.push(forbidden(MATCH, `${MATCH} is forbidden when continue is provided`));
    if (match !== 'Exact' && match !== 'NotOlderThan') causes.push(unsupported(match, '"Exact", "NotOlderThan"'));
    if (match === 'Exact' && resourceVersion === '0')
      causes.push(forbidden(MATCH, `${MATCH} "exact" is forbidden for resourceVersion "0"`));
  }
  if (rest.sendInitialEvents !== undefined)
    causes.push(forbidden('sendInitialEvents', 'sendInitialEvents is forbidden for list'));
  refuse(causes);
}

/** @param hasInitialEvents whether the server can send them @throws Refusal 422 */
export function checkWatchOptions(
  { resourceVersionMatch: match, sendInitialEvents, continue: page }: ListRequest,
  hasInitialEvents: boolean,
): void {
  const causes: FieldCause[] = [];
  if (sendInitialEvents !== undefined) {
    if (match !== 'NotOlderThan')
      causes.push(forbidden(MATCH, `sendInitialEvents requires setting ${MATCH} to NotOlderThan`));
    if (!hasInitialEvents)
      causes.push(
        forbidden('sendInitialEvents', 'is forbidden for watch unless the WatchList feature gate is enabled'),
      );
  }
  if (match) {
    if (sendInitialEvents === undefined)
      causes.push(forbidden(MATCH, `${MATCH} is forbidden for watch unless sendInitialEvents is provided`));
    if (match !== 'NotOlderThan') causes.push(unsupported(match, '"NotOlderThan"'));
    if (page) causes.push(forbidden(MATCH, `${MATCH} is forbidden when continue is provided`));
  }
  refuse(causes);
}

function refuse(causes: readonly FieldCause[]): void {
  if (causes.length > 0) throw invalid({ group: 'meta.k8s.io', kind: 'ListOptions' }, '', causes);
}

function forbidden(field: string, why: string): FieldCause {
  return { reason: 'FieldValueForbidden', message: `Forbidden: ${why}`, field };
}

function unsupported(value: string, supported: string): FieldCause {
  const message = `Unsupported value: ${JSON.stringify(value)}: supported values: ${supported}`;
  return { reason: 'FieldValueNotSupported', message, field: MATCH };
}
