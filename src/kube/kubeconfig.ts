import { readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, dirname, isAbsolute, join, resolve } from 'node:path';
import { loadAll } from 'js-yaml';
import { AccessError } from './access-error.js';
import type { ExecPlugin } from './exec-plugin.js';

/** A file, or what it would hold. */
export type Material = { readonly file: string } | { readonly data: Buffer };

/** Who calls. Only one of them is used. */
export type Identity =
  | { readonly type: 'none' }
  | { readonly type: 'token'; readonly token: string }
  | { readonly type: 'tokenFile'; readonly file: string }
  | { readonly type: 'basic'; readonly username: string; readonly password: string }
  | { readonly type: 'exec'; readonly plugin: ExecPlugin }
  /** `auth-provider`, which Kubernetes gave up and some files still have: left to client-node. */
  | { readonly type: 'provider'; readonly user: object };

/** A cluster and how to enter it. */
export interface Access {
  /** Where this comes from, for messages: `context "a" of /home/me/.kube/config`. */
  readonly source: string;
  readonly context: string;
  readonly server: string;
  /** Of the context. */
  readonly namespace: string;
  readonly ca?: Material;
  readonly skipVerify: boolean;
  /** The name in the server's certificate, where it is not that in its address. */
  readonly serverName?: string;
  readonly proxy?: string;
  readonly identity: Identity;
  readonly certificate?: { readonly cert: Material; readonly key: Material };
  /** Headers that ask to be treated as somebody else. */
  readonly impersonation: Readonly<Record<string, string | readonly string[]>>;
}

export type Environment = Readonly<Record<string, string | undefined>>;

type Entry = Readonly<Record<string, unknown>>;
interface Named {
  readonly entry: Entry;
  readonly file: string;
}
interface Merged {
  readonly files: readonly string[];
  currentContext: string;
  readonly contexts: Map<string, Named>;
  readonly clusters: Map<string, Named>;
  readonly users: Map<string, Named>;
}

/** The files that `kubectl` would read: `KUBECONFIG`, or the one in the home folder. */
export function kubeconfigFiles(environment: Environment): string[] {
  const listed = environment['KUBECONFIG'] ?? '';
  if (listed !== '') return listed.split(delimiter).filter((file) => file !== '');
  return [join(environment['HOME'] ?? homedir(), '.kube', 'config')];
}

/**
 * What a context says, out of files merged as `kubectl` merges them: the first to name something wins. Undefined when none of the
 * files exists.
 *
 * @throws AccessError with the file and the name of what is missing or wrong
 */
export function readKubeconfig(files: readonly string[], contextName?: string): Access | undefined {
  const merged = mergeFiles(files);
  return merged && accessOf(merged, contextName);
}

function mergeFiles(files: readonly string[]): Merged | undefined {
  const merged: Merged = {
    files,
    currentContext: '',
    contexts: new Map(),
    clusters: new Map(),
    users: new Map(),
  };
  let found = false;
  for (const file of files) {
    const text = readIfThere(file);
    if (text === undefined) continue;
    found = true;
    const config = parse(text, file);
    if (merged.currentContext === '') merged.currentContext = textAt(config, 'current-context', file) ?? '';
    keep(merged.contexts, config, 'contexts', 'context', file);
    keep(merged.clusters, config, 'clusters', 'cluster', file);
    keep(merged.users, config, 'users', 'user', file);
  }
  return found ? merged : undefined;
}

function readIfThere(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw new AccessError(`The kubeconfig ${file} cannot be read`, { cause: error });
  }
}

function parse(text: string, file: string): Entry {
  let config: unknown;
  try {
    [config] = loadAll(text);
  } catch (error) {
    // Not its message: it quotes the lines around the mistake, and tokens stand there.
    const mark = (error as { mark?: { line: number } }).mark;
    throw new AccessError(`The kubeconfig ${file} is no YAML${mark ? `, see line ${mark.line + 1}` : ''}`);
  }
  if (config === undefined || config === null) return {};
  if (!isEntry(config)) throw new AccessError(`The kubeconfig ${file} is no mapping`);
  return config;
}

function keep(into: Map<string, Named>, config: Entry, list: string, part: string, file: string): void {
  const items = config[list] ?? [];
  if (!Array.isArray(items)) throw new AccessError(`${list} in ${file} is no list`);
  for (const item of items as unknown[]) {
    const name = isEntry(item) ? textAt(item, 'name', file) : undefined;
    if (name === undefined) throw new AccessError(`An entry of ${list} in ${file} has no name`);
    const entry = (item as Entry)[part] ?? {};
    if (!isEntry(entry)) throw new AccessError(`The ${part} "${name}" in ${file} is no mapping`);
    if (!into.has(name)) into.set(name, { entry, file });
  }
}

function accessOf(merged: Merged, contextName?: string): Access {
  const files = merged.files.join(', ');
  const name = contextName ?? merged.currentContext;
  if (name === '')
    throw new AccessError(`${files} names no current context`, { hint: `choose one of: ${namesIn(merged.contexts)}` });
  const context = merged.contexts.get(name);
  if (!context)
    throw new AccessError(`${files} has no context "${name}"`, { hint: `it has: ${namesIn(merged.contexts)}` });
  const source = `context "${name}" of ${context.file}`;
  const cluster = partOf(merged.clusters, context, 'cluster', source);
  const server = cluster && textAt(cluster.entry, 'server', cluster.file);
  if (!cluster || server === undefined || !/^https?:\/\/./.test(server) || !URL.canParse(server))
    throw new AccessError(`The cluster of ${source} has no server that begins with https://`);
  const user = partOf(merged.users, context, 'user', source) ?? { entry: {}, file: context.file };
  return {
    source,
    context: name,
    server,
    namespace: textAt(context.entry, 'namespace', context.file) ?? 'default',
    ...clusterPart(cluster, source),
    ...userPart(user, source),
  };
}

function partOf(among: ReadonlyMap<string, Named>, context: Named, part: string, source: string): Named | undefined {
  const name = textAt(context.entry, part, context.file);
  if (name === undefined) return undefined;
  const found = among.get(name);
  if (!found)
    throw new AccessError(`The ${part} "${name}" of ${source} is not there`, { hint: `there is: ${namesIn(among)}` });
  return found;
}

function clusterPart(
  { entry, file }: Named,
  source: string,
): Pick<Access, 'ca' | 'skipVerify' | 'serverName' | 'proxy'> {
  const ca = material(entry, 'certificate-authority', file);
  const skipVerify = entry['insecure-skip-tls-verify'] === true;
  if (ca && skipVerify)
    throw new AccessError(`The cluster of ${source} has a certificate authority and insecure-skip-tls-verify`, {
      hint: 'leave one of them out',
    });
  const serverName = textAt(entry, 'tls-server-name', file);
  const proxy = textAt(entry, 'proxy-url', file);
  return { skipVerify, ...(ca && { ca }), ...(serverName && { serverName }), ...(proxy && { proxy }) };
}

function userPart(user: Named, source: string): Pick<Access, 'identity' | 'certificate' | 'impersonation'> {
  const { entry, file } = user;
  const cert = material(entry, 'client-certificate', file);
  const key = material(entry, 'client-key', file);
  if (!cert !== !key)
    throw new AccessError(
      `The user of ${source} has a client ${cert ? 'certificate' : 'key'} and no ${cert ? 'key' : 'certificate'}`,
    );
  return {
    identity: identityOf(user, source),
    ...(cert && key && { certificate: { cert, key } }),
    impersonation: impersonationOf(user, source),
  };
}

function identityOf({ entry, file }: Named, source: string): Identity {
  const tokenFile = textAt(entry, 'tokenFile', file);
  if (tokenFile) return { type: 'tokenFile', file: beside(file, tokenFile) };
  const token = textAt(entry, 'token', file);
  if (token) return { type: 'token', token };
  const username = textAt(entry, 'username', file);
  if (username) return { type: 'basic', username, password: textAt(entry, 'password', file) ?? '' };
  if (isEntry(entry['exec'])) return { type: 'exec', plugin: pluginOf(entry['exec'], file, source) };
  if (isEntry(entry['auth-provider'])) return { type: 'provider', user: entry['auth-provider'] };
  return { type: 'none' };
}

function pluginOf(exec: Entry, file: string, source: string): ExecPlugin {
  const command = textAt(exec, 'command', file);
  const apiVersion = textAt(exec, 'apiVersion', file);
  if (!command || !apiVersion) throw new AccessError(`exec of the user of ${source} needs command and apiVersion`);
  const mode = textAt(exec, 'interactiveMode', file) ?? 'IfAvailable';
  if (mode !== 'Never' && mode !== 'IfAvailable' && mode !== 'Always')
    throw new AccessError(`interactiveMode of the user of ${source} is "${mode}"`);
  const list = (name: string): unknown[] => (Array.isArray(exec[name]) ? (exec[name] as unknown[]) : []);
  const hint = textAt(exec, 'installHint', file);
  return {
    source,
    apiVersion,
    // As a shell: a plain name is looked for in PATH, another beside the file.
    command: /[/\\]/.test(command) ? beside(file, command) : command,
    args: list('args').map(String),
    env: Object.fromEntries(
      list('env')
        .filter(isEntry)
        .map(({ name, value }) => [String(name), String(value)]),
    ),
    provideClusterInfo: exec['provideClusterInfo'] === true,
    interactive: mode,
    ...(hint && { installHint: hint }),
  };
}

function impersonationOf({ entry, file }: Named, source: string): Access['impersonation'] {
  const user = textAt(entry, 'as', file);
  const uid = textAt(entry, 'as-uid', file);
  const groups = entry['as-groups'];
  const extra = entry['as-user-extra'];
  if (!user && (uid ?? groups ?? extra) !== undefined)
    throw new AccessError(`The user of ${source} acts as a group or uid of nobody`, { hint: 'say who, with "as"' });
  if (!user) return {};
  return {
    'impersonate-user': user,
    ...(uid && { 'impersonate-uid': uid }),
    ...(Array.isArray(groups) && { 'impersonate-group': groups.map(String) }),
    ...(isEntry(extra) &&
      Object.fromEntries(
        Object.entries(extra).map(([name, values]) => [
          `impersonate-extra-${encodeURIComponent(name.toLowerCase())}`,
          [values].flat().map(String),
        ]),
      )),
  };
}

/** `<key>-data`, or the file that `<key>` names. */
function material(entry: Entry, key: string, file: string): Material | undefined {
  const data = textAt(entry, `${key}-data`, file);
  if (data) return { data: Buffer.from(data, 'base64') };
  const path = textAt(entry, key, file);
  return path ? { file: beside(file, path) } : undefined;
}

/** Files of a kubeconfig are relative to it. */
function beside(file: string, path: string): string {
  return isAbsolute(path) ? path : resolve(dirname(file), path);
}

function textAt(entry: Entry, key: string, file: string): string | undefined {
  const value = entry[key];
  if (value === undefined || value === null) return undefined;
  // YAML takes a token of digits for a number, and its digits may then be others.
  if (typeof value !== 'string') throw new AccessError(`${key} in ${file} is no text`, { hint: 'put it in quotes' });
  return value;
}

function isEntry(value: unknown): value is Entry {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function namesIn(map: ReadonlyMap<string, unknown>): string {
  return map.size === 0 ? 'none' : [...map.keys()].map((name) => `"${name}"`).join(', ');
}
