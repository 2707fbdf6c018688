import type { WireClient } from './client.js';
import { Normal } from '../differential/normal.js';
import type { WireAnswer, WireRequest } from './request.js';

/** What a script has got to hear of a server. */
export interface Heard {
  readonly answers: readonly WireAnswer[];
  /** The same without what two servers may differ in. */
  readonly normal: readonly unknown[];
}

/** Sends the requests one after the other, in a namespace of their own. */
export async function play(client: WireClient, namespace: string, requests: readonly WireRequest[]): Promise<Heard> {
  await client.send({ method: 'POST', path: '/api/v1/namespaces', body: { metadata: { name: namespace } } });
  const seen = new Map<string, { readonly uid: string; readonly version: string }>();
  const list = { version: '', next: '' };
  const filled = (text: string): string =>
    text
      .replaceAll('$ns', namespace)
      .replaceAll('$version()', list.version)
      .replaceAll('$continue()', encodeURIComponent(list.next))
      .replaceAll(/\$uid\(([^)]+)\)/g, (_, name: string) => seen.get(name)?.uid ?? 'none')
      .replaceAll(/\$version\(([^)]+)\)/g, (_, name: string) => seen.get(name)?.version ?? '1');
  const answers: WireAnswer[] = [];
  for (const one of requests) {
    const path = filled(one.path);
    const body = one.body === undefined ? undefined : (JSON.parse(filled(JSON.stringify(one.body))) as unknown);
    const answer = await client.send({ ...one, path, ...(body !== undefined && { body }) });
    remember(answer.body, seen, list);
    answers.push(answer);
  }
  return { answers, normal: normalized(answers, namespace) };
}

function remember(
  body: unknown,
  seen: Map<string, { readonly uid: string; readonly version: string }>,
  list: { version: string; next: string },
): void {
  const { metadata, items, kind } = body as {
    readonly metadata?: { name?: string; uid?: string; resourceVersion?: string; continue?: string };
    readonly items?: unknown;
    readonly kind?: string;
  };
  if (metadata === undefined) return;
  if (Array.isArray(items) || kind === 'Table') {
    list.version = metadata.resourceVersion ?? '';
    list.next = metadata.continue ?? '';
  } else if (metadata.name !== undefined && metadata.uid !== undefined)
    seen.set(metadata.name, { uid: metadata.uid, version: metadata.resourceVersion ?? '' });
}

function normalized(answers: readonly WireAnswer[], namespace: string): unknown[] {
  const normal = new Normal(namespace);
  const text = JSON.stringify(answers).replaceAll(namespace, 'NAMESPACE');
  return (JSON.parse(text) as unknown[]).map((answer) => normal.of(plain(answer)));
}

function isLooseBookmark(value: unknown): boolean {
  const text = JSON.stringify(value);
  return text.startsWith('{"type":"BOOKMARK"') && !text.includes('initial-events-end');
}

function plain(value: unknown, key = ''): unknown {
  if (Array.isArray(value)) {
    // When a server sends a bookmark is its own affair, but for the one that it was asked for.
    const cells = (value as unknown[]).filter((one) => !isLooseBookmark(one));
    if (key === 'cells') return cells.map((cell) => (typeof cell === 'string' && /^\d+s$/.test(cell) ? 'AGE' : cell));
    return cells.map((one) => plain(one));
  }
  if (typeof value !== 'object' || value === null) return key === 'continue' ? 'CONTINUE' : value;
  // Texts for people: what is wrong is compared by code, reason and what it is about.
  const entries = Object.entries(value).filter(
    ([name, field]) => name !== 'description' && name !== 'causes' && !(name === 'continue' && field === ''),
  );
  // A name that the server has made.
  const isGenerated = 'generateName' in value && 'name' in value;
  return Object.fromEntries(
    entries.map(([name, field]) => [name, isGenerated && name === 'name' ? 'GENERATED' : plain(field, name)]),
  );
}
