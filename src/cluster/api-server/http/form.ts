import { badRequest, Refusal } from '../refusal.js';

/** In which form a client wants objects. */
export interface Form {
  readonly as: 'whole' | 'rows' | 'metadata';
  /** Of rows and metadata: `meta.k8s.io/v1`. */
  readonly apiVersion: string;
  /** Which part of the objects comes with rows. */
  readonly include: 'Metadata' | 'Object' | 'None';
}

const WHOLE: Form = { as: 'whole', apiVersion: 'meta.k8s.io/v1', include: 'Metadata' };
const FORMS: Readonly<Record<string, Form['as']>> = {
  Table: 'rows',
  PartialObjectMetadata: 'metadata',
  PartialObjectMetadataList: 'metadata',
};
/** JSON is YAML. */
const READABLE = ['application/json', 'application/yaml', 'application/*', '*/*', ''];

/**
 * The first form of an `Accept` header that can be had.
 *
 * @param include what the query says of objects beside rows
 * @throws Refusal 406, 400
 */
export function formOf(accept = '', include: string | null = null): Form {
  for (const part of accept.split(',')) {
    const [type = '', ...given] = part.split(';').map((text) => text.trim());
    if (!READABLE.includes(type)) continue;
    const parameters = new Map(given.map((text) => text.split('=', 2) as [string, string]));
    const wanted = parameters.get('as');
    if (wanted === undefined) return WHOLE;
    const [as, version] = [FORMS[wanted], parameters.get('v') ?? ''];
    if (as !== undefined && parameters.get('g') === 'meta.k8s.io' && /^v1(beta1)?$/.test(version))
      return { as, apiVersion: `meta.k8s.io/${version}`, include: as === 'rows' ? included(include) : 'Metadata' };
  }
  const message = `406: Not Acceptable\n\nAvailable representations: application/json`;
  throw new Refusal(406, 'NotAcceptable', message, { isTold: true });
}

function included(include: string | null): Form['include'] {
  if (include === null || include === '' || include === 'Metadata') return 'Metadata';
  if (include === 'Object' || include === 'None') return include;
  throw badRequest(
    `includeObject: Invalid value: ${JSON.stringify(include)}: must be 'Metadata', 'Object', 'None', or empty`,
  );
}
