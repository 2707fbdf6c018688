import type { DeleteOptions, Patch, WriteOptions } from '../../../../src/kube/api.js';
import type { KubeObject, Stored } from '../../../../src/kube/objects.js';
import type { Command, Commands } from '../command.js';
import type { Kind } from '../kind.js';
import type { Line } from '../line.js';
import { write, type Path } from '../path.js';
import type { Session } from '../session.js';
import { fill, valueOf } from '../value.js';

const FIELDS = '[FIELD=VALUE ...] and indented YAML';

const create: Command = {
  usage: `[dry-run] create KIND NAME ... ${FIELDS}      (a name that ends in * is a generateName)`,
  request: true,
  parse: (line) => {
    const { kind, names, content, options } = parse(line);
    return each(names, async (session, name) => {
      const object = content.into(kind.blank(name), session, 'create');
      if (kind.resource.namespaced) object.metadata.namespace = session.namespace;
      return [kind, await session.cluster.api.create(kind.resource, object, options)];
    });
  },
};

/** A patch whose body is made of fields and indented YAML. */
function patch(verb: string, describe: string, make: (body: object, object: KubeObject) => Patch): Command {
  return {
    usage: `[dry-run] ${verb} KIND[/SUBRESOURCE] NAME ... [as MANAGER] ${FIELDS}      (${describe})`,
    request: true,
    parse: (line) => {
      const { kind, names, content, options } = parse(line);
      if (content.isEmpty) line.fail(`${verb}: there is nothing to write`);
      return each(names, async (session, name) => {
        const { apiVersion, kind: ofKind } = kind.blank(name);
        const body = content.into({}, session, verb);
        const patched = make(body, {
          apiVersion: apiVersion!,
          kind: ofKind!,
          ...body,
          metadata: { name, ...body.metadata },
        });
        return [kind, await session.cluster.api.patch(kind.resource, session.nameOf(kind, name), patched, options)];
      });
    },
  };
}

const jsonPatch: Command = {
  usage: 'json-patch KIND[/SUBRESOURCE] NAME and the operations as indented YAML',
  request: true,
  parse: (line) => {
    const { kind, names, options, body } = parse(line);
    if (!Array.isArray(body)) return line.fail('json-patch: the indented lines are no list of operations');
    return each(names, async (session, name) => {
      const operations = fill(body, session) as Extract<Patch, { type: 'json' }>['operations'];
      const of = session.nameOf(kind, name);
      return [kind, await session.cluster.api.patch(kind.resource, of, { type: 'json', operations }, options)];
    });
  },
};

const replace: Command = {
  usage: `replace KIND NAME ${FIELDS}      (reads it, changes it, and writes the whole of it)`,
  request: true,
  parse: (line) => {
    const { kind, names, content, options } = parse(line);
    return each(names, async (session, name) => {
      const object = await session.cluster.api.get(kind.resource, session.nameOf(kind, name));
      const changed = content.into(structuredClone(object), session, 'replace');
      return [kind, await session.cluster.api.update(kind.resource, changed, options)];
    });
  },
};

const del: Command = {
  usage: '[dry-run] delete KIND NAME ... [uid=V] [resourceVersion=V] [propagation=V] [grace=SECONDS]',
  request: true,
  parse: (line) => {
    line.noBody();
    const dryRun = line.verb.startsWith('dry-run');
    const { kind } = line.kind();
    const names = line.names();
    const pairs = line.pairs();
    for (const [key] of pairs) if (!(key in DELETE_OPTIONS)) line.fail(`delete: there is no option "${key}"`);
    return async (session) => {
      const options = Object.fromEntries(
        pairs.map(([key, value]) => [DELETE_OPTIONS[key as keyof typeof DELETE_OPTIONS], valueOf(value, session)]),
      );
      await Promise.all(names.map((name) => deleteOne(session, kind, name, { ...options, dryRun })));
    };
  },
};

const DELETE_OPTIONS = {
  uid: 'uid',
  resourceVersion: 'resourceVersion',
  propagation: 'propagation',
  grace: 'gracePeriodSeconds',
} as const satisfies Record<string, keyof DeleteOptions>;

const lose: Command = {
  usage: 'lose KIND NAME ...      (deletes it by force, as after the loss of its node)',
  request: true,
  parse: (line) => {
    line.noBody();
    const { kind } = line.kind();
    const names = line.names();
    line.end();
    return async (session) => {
      await Promise.all(names.map((name) => deleteOne(session, kind, name, { gracePeriodSeconds: 0 })));
    };
  },
};

export const writeCommands: Commands = {
  create,
  patch: patch('patch', 'strategic merge', (body) => ({ type: 'strategic', body })),
  'merge-patch': patch('merge-patch', 'RFC 7386', (body) => ({ type: 'merge', body })),
  apply: patch('apply', 'server-side', (_, body) => ({ type: 'apply', body })),
  'force-apply': patch('force-apply', 'server-side, with force', (_, body) => ({ type: 'apply', body, force: true })),
  'json-patch': jsonPatch,
  replace,
  delete: del,
  lose,
};

interface Content {
  readonly isEmpty: boolean;
  /** Writes the fields and the YAML into an object. */
  into<T extends object>(object: T, session: Session, verb: string): T & KubeObject;
}

function parse(line: Line) {
  const { kind, subresource } = line.kind();
  const words = line.names();
  const as = words.indexOf('as');
  const names = as < 0 ? words : words.slice(0, as);
  const manager = as < 0 ? undefined : (words[as + 1] ?? line.fail('as whom?'));
  const fields = line.pairs().map(([key, value]) => {
    const path = kind.pathOf(key) ?? line.fail(`${kind.names[0]} has no field "${key}" that can be written`);
    return { path, value, isText: /^(label|annotation)\.|^(cost|revision|startup|stop|exit|app)$/.test(key) };
  });
  const body = line.body();
  const options: WriteOptions = {
    ...(line.verb.startsWith('dry-run ') && { dryRun: true }),
    ...(subresource !== undefined && { subresource }),
    ...(manager !== undefined && { fieldManager: manager }),
  };
  return { kind, names, options, body, content: contentOf(fields, body) };
}

function contentOf(
  fields: readonly { readonly path: Path; readonly value: string; readonly isText: boolean }[],
  body: unknown,
): Content {
  return {
    isEmpty: fields.length === 0 && body === undefined,
    into: (object, session, verb) => {
      for (const { path, value, isText } of fields) {
        const meant = valueOf(value, session);
        const isPatch = verb === 'patch' || verb === 'merge-patch';
        // A patch takes a field away by null.
        if (meant !== undefined || isPatch)
          write(object, path, meant === undefined ? null : isText ? String(meant) : meant);
      }
      return (body === undefined ? object : merged(object, fill(body, session))) as never;
    },
  };
}

/** Maps are merged, all else is replaced. */
function merged(into: unknown, from: unknown): unknown {
  if (!isMap(into) || !isMap(from)) return from;
  return Object.fromEntries(
    [...new Set([...Object.keys(into), ...Object.keys(from)])].map((key) => [
      key,
      key in from ? merged(into[key], from[key]) : into[key],
    ]),
  );
}

function isMap(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** One request after the other, so that who was created first is known. */
function each(
  names: readonly string[],
  send: (session: Session, name: string) => Promise<readonly [Kind, Stored]>,
): (session: Session) => Promise<void> {
  return async (session) => {
    for (const name of names) {
      const [kind, answer] = await send(session, name);
      await session.wrote(kind, answer);
    }
  };
}

async function deleteOne(session: Session, kind: Kind, name: string, options: DeleteOptions): Promise<void> {
  const of = session.nameOf(kind, name);
  await session.use(kind);
  // Who is meant now: another one of this name may come at once.
  const { uid } = (await session.cluster.api.get(kind.resource, of)).metadata;
  await session.cluster.api.delete(kind.resource, of, options);
  if (!options.dryRun) session.deletes(uid);
}
