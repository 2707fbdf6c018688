import type { IncomingMessage, ServerResponse } from 'node:http';
import type { ListRequest } from '../reads.js';
import { badRequest, invalid, unsupportedMediaType } from '../refusal.js';
import type { Caller } from '../writes/caller.js';
import type { Deletion } from '../writes/deleter.js';
import type { RawPatch } from '../patch/patched.js';
import { list, record } from '../json.js';
import { mediaType } from './body.js';

const PATCHES: Readonly<Record<string, RawPatch['type']>> = {
  'application/json-patch+json': 'json',
  'application/merge-patch+json': 'merge',
  'application/strategic-merge-patch+json': 'strategic',
  'application/apply-patch+yaml': 'apply',
};

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
    const { query, user } = this;
    const agent = this.request.headers['user-agent'] ?? '';
    const isApply = this.method === 'PATCH' && this.patchType === 'apply';
    return {
      user,
      userAgent: agent,
      // Who does not say what to be called is called after its program; who applies has to say.
      fieldManager: query.get('fieldManager') ?? (isApply ? '' : (agent.split('/')[0] ?? '')),
      fieldValidation: this.fieldValidation,
      dryRun: this.dryRun,
      warn: (text) => void this.warnings.push(text),
    };
  }

  /** @throws Refusal 415 */
  patch(body: unknown): RawPatch {
    const type = this.patchType;
    if (type === undefined) throw unsupportedMediaType(Object.keys(PATCHES));
    return { type, body, force: this.query.get('force') === 'true' };
  }

  get selection(): ListRequest {
    const { query } = this;
    const given = (name: string): string | undefined => query.get(name) ?? undefined;
    const limit = Number(query.get('limit') ?? 0);
    return {
      labelSelector: given('labelSelector'),
      fieldSelector: given('fieldSelector'),
      limit: Number.isFinite(limit) ? limit : 0,
      continue: given('continue'),
      resourceVersion: given('resourceVersion'),
      resourceVersionMatch: given('resourceVersionMatch'),
    };
  }

  deletion(body: unknown): Deletion {
    const options = record(body);
    const { uid, resourceVersion } = record(options['preconditions']);
    const grace = options['gracePeriodSeconds'] ?? numberOr(this.query.get('gracePeriodSeconds'));
    const propagation = options['propagationPolicy'] ?? this.query.get('propagationPolicy') ?? undefined;
    const orphans = options['orphanDependents'];
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
      dryRun: this.dryRun || list(options['dryRun']).includes('All'),
    };
  }

  get isWatch(): boolean {
    return ['true', '1'].includes(this.query.get('watch') ?? '');
  }

  /** Rows instead of objects, and which part of the objects comes with them. */
  get table(): 'Metadata' | 'Object' | 'None' | undefined {
    const accept = this.request.headers.accept ?? '';
    if (!/;as=Table;/.test(`${accept.split(',')[0] ?? ''};`) || !accept.includes('v=v1')) return undefined;
    const include = this.query.get('includeObject');
    return include === 'Object' || include === 'None' ? include : 'Metadata';
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
    throw badRequest(`fieldValidation ${JSON.stringify(asked)} is none of Strict, Warn, Ignore`);
  }

  private get dryRun(): boolean {
    const asked = this.query.getAll('dryRun');
    if (asked.some((one) => one !== 'All'))
      throw invalid({ group: 'meta.k8s.io', kind: 'PatchOptions' }, '', [
        {
          reason: 'FieldValueNotSupported',
          message: `Unsupported value: ${JSON.stringify(asked)}: supported values: "All"`,
          field: 'dryRun',
        },
      ]);
    return asked.length > 0;
  }
}

function numberOr(text: string | null): number | undefined {
  return text === null || !/^-?\d+$/.test(text) ? undefined : Number(text);
}
