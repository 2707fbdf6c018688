import type { IncomingMessage, ServerResponse } from 'node:http';
import type { ListRequest } from '../reads.js';
import { badRequest, invalid, unsupportedMediaType, type Refusal } from '../refusal.js';
import type { Caller } from '../writes/caller.js';
import type { Deletion } from '../writes/deleter.js';
import type { RawPatch } from '../patch/patched.js';
import { list, record } from '../json.js';
import { mediaType } from './body.js';
import { formOf, type Form } from './form.js';

const PATCHES: Readonly<Record<string, RawPatch['type']>> = {
  'application/json-patch+json': 'json',
  'application/merge-patch+json': 'merge',
  'application/strategic-merge-patch+json': 'strategic',
  'application/apply-patch+yaml': 'apply',
};

const OPTIONS: Readonly<Record<string, string>> = {
  POST: 'CreateOptions',
  PATCH: 'PatchOptions',
  DELETE: 'DeleteOptions',
};

/** Characters of the name of a field manager. */
const LONGEST_MANAGER = 128;

/** One request and its answer, read once. */
export class Exchange {
  readonly path: string;
  readonly query: URLSearchParams;
  readonly warnings: string[] = [];

  constructor(
    readonly request: IncomingMessage,
    readonly response: ServerResponse,
    readonly user: string,
  ) {
    const url = new URL(request.url ?? '/', 'http://localhost');
    this.path = url.pathname.length > 1 ? url.pathname.replace(/\/$/, '') : url.pathname;
    this.query = url.searchParams;
  }

  get method(): string {
    return this.request.method ?? 'GET';
  }

  get caller(): Caller {
    const { user } = this;
    const agent = this.request.headers['user-agent'] ?? '';
    const isApply = this.method === 'PATCH' && this.patchType === 'apply';
    return {
      user,
      userAgent: agent,
      // Who does not say what to be called is called after its program; who applies has to say.
      fieldManager: this.fieldManager ?? (isApply ? '' : (agent.split('/')[0] ?? '').slice(0, LONGEST_MANAGER)),
      fieldValidation: this.fieldValidation,
      dryRun: this.dryRun,
      warn: (text) => void this.warnings.push(text),
    };
  }

  /** @throws Refusal 415 */
  patch(body: unknown): RawPatch {
    const type = this.patchType;
    if (type === undefined) throw unsupportedMediaType(Object.keys(PATCHES));
    const isForced = this.query.has('force');
    if (isForced && type !== 'apply')
      throw this.wrongOption('force', 'FieldValueForbidden', 'Forbidden: may not be specified for non-apply patch');
    return { type, body, force: this.query.get('force') === 'true' };
  }

  get selection(): ListRequest {
    const { query } = this;
    const given = (name: string): string | undefined => query.get(name) ?? undefined;
    const sendInitialEvents = given('sendInitialEvents');
    return {
      labelSelector: given('labelSelector'),
      fieldSelector: given('fieldSelector'),
      limit: numberOr('limit', given('limit')) ?? 0,
      continue: given('continue'),
      resourceVersion: given('resourceVersion'),
      resourceVersionMatch: given('resourceVersionMatch'),
      ...(sendInitialEvents !== undefined && { sendInitialEvents: sendInitialEvents === 'true' }),
    };
  }

  deletion(body: unknown): Deletion {
    const options = record(body);
    const { uid, resourceVersion } = record(options['preconditions']);
    const grace =
      options['gracePeriodSeconds'] ??
      numberOr('gracePeriodSeconds', this.query.get('gracePeriodSeconds') ?? undefined);
    const propagation = options['propagationPolicy'] ?? this.query.get('propagationPolicy') ?? undefined;
    const orphans = options['orphanDependents'];
    if (typeof orphans === 'boolean' && propagation !== undefined)
      throw this.wrongOption(
        'propagationPolicy',
        'FieldValueInvalid',
        `Invalid value: ${JSON.stringify(propagation)}: orphanDependents and deletionPropagation cannot be both set`,
      );
    const dryRun = list(options['dryRun']);
    if (dryRun.some((one) => one !== 'All')) throw this.wrongDryRun(dryRun);
    return {
      uid: typeof uid === 'string' ? uid : undefined,
      resourceVersion: typeof resourceVersion === 'string' ? resourceVersion : undefined,
      gracePeriodSeconds: typeof grace === 'number' ? grace : undefined,
      propagation:
        typeof propagation === 'string'
          ? propagation
          : typeof orphans === 'boolean'
            ? orphans
              ? 'Orphan'
              : 'Background'
            : undefined,
      dryRun: this.dryRun || dryRun.length > 0,
    };
  }

  get isWatch(): boolean {
    return ['true', '1'].includes(this.query.get('watch') ?? '');
  }

  /** @throws Refusal */
  get form(): Form {
    return formOf(this.request.headers.accept, this.query.get('includeObject'));
  }

  send(code: number, body: unknown): void {
    const { response } = this;
    const isText = typeof body === 'string';
    const bytes = Buffer.from(isText ? body : `${JSON.stringify(body)}\n`);
    for (const warning of this.warnings) response.appendHeader('Warning', `299 - ${JSON.stringify(warning)}`);
    response.writeHead(code, {
      'Content-Type': isText ? 'text/plain; charset=utf-8' : 'application/json',
      'Content-Length': bytes.length,
      'Cache-Control': 'no-cache, private',
    });
    response.end(bytes);
  }

  private get patchType(): RawPatch['type'] | undefined {
    return PATCHES[mediaType(this.request.headers['content-type'])];
  }

  private get fieldValidation(): Caller['fieldValidation'] {
    const asked = this.query.get('fieldValidation') ?? 'Warn';
    if (asked === 'Strict' || asked === 'Warn' || asked === 'Ignore') return asked;
    const supported = 'supported values: "", "Ignore", "Strict", "Warn"';
    throw this.wrongOption(
      'fieldValidation',
      'FieldValueNotSupported',
      `Unsupported value: ${JSON.stringify(asked)}: ${supported}`,
    );
  }

  private wrongOption(field: string, reason: string, message: string): Refusal {
    const kind = OPTIONS[this.method] ?? 'UpdateOptions';
    return invalid({ group: 'meta.k8s.io', kind }, '', [{ reason, message, field }]);
  }

  private wrongDryRun(asked: readonly unknown[]): Refusal {
    const message = `Unsupported value: ${JSON.stringify(asked)}: supported values: "All"`;
    return this.wrongOption('dryRun', 'FieldValueNotSupported', message);
  }

  private get fieldManager(): string | undefined {
    const asked = this.query.get('fieldManager') ?? undefined;
    if (asked !== undefined && Buffer.byteLength(asked) > LONGEST_MANAGER)
      throw this.wrongOption(
        'fieldManager',
        'FieldValueTooLong',
        `Too long: may not be more than ${LONGEST_MANAGER} bytes`,
      );
    return asked;
  }

  private get dryRun(): boolean {
    const asked = this.query.getAll('dryRun');
    if (asked.some((one) => one !== 'All')) throw this.wrongDryRun(asked);
    return asked.length > 0;
  }
}

/** @throws Refusal 400 */
function numberOr(name: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  if (!/^[+-]?\d+$/.test(text)) throw badRequest(`${name}: parsing ${JSON.stringify(text)}: invalid syntax`);
  return Number(text);
}
