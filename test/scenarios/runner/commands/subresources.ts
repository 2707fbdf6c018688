import type { KubeObject } from '../../../../src/kube/objects.js';
import { pods } from '../../../../src/kube/resource.js';
import type { Command, Commands } from '../command.js';
import { NotSo } from '../failure.js';
import { pod, READINESS_GATE } from '../kinds/pod.js';
import type { Line } from '../line.js';
import type { Session } from '../session.js';
import { valueOf } from '../value.js';
import { watchUntil } from '../watch-until.js';

const scale: Command = {
  usage: 'scale KIND NAME to N      (writes the scale subresource, which is the answer)',
  request: true,
  parse: (line) => {
    const { kind } = line.kind();
    const name = line.next('a name');
    if (!line.takes('to')) line.fail('scale: `to` is missing');
    const replicas = Number(line.next('a number'));
    line.end();
    return async (session) => {
      const patch = { type: 'merge', body: { spec: { replicas } } } as const;
      const of = session.nameOf(kind, name);
      const answer = await session.cluster.api.patch(kind.resource, of, patch, { subresource: 'scale' });
      await session.wrote(kind, answer);
    };
  },
};

const evict: Command = {
  usage: '[dry-run] evict pod NAME [uid=V] [resourceVersion=V]',
  request: true,
  parse: (line) => {
    line.kind();
    const name = line.next('a name');
    const pairs = line.pairs();
    const dryRun = line.verb.startsWith('dry-run ');
    return async (session) => {
      const { namespace } = session;
      const preconditions = Object.fromEntries(pairs.map(([key, value]) => [key, valueOf(value, session)]));
      const body = {
        apiVersion: 'policy/v1',
        kind: 'Eviction',
        metadata: { name, namespace },
        deleteOptions: { ...(pairs.length > 0 && { preconditions }), ...(dryRun && { dryRun: ['All'] }) },
      };
      await session.use(pod);
      session.answer = await session.cluster.api.createUnder(pods, { namespace, name }, 'eviction', body);
    };
  },
};

function gate(verb: 'open' | 'close', status: 'True' | 'False'): Command {
  return {
    usage: `${verb} pods NAME ...      (the condition ${READINESS_GATE} becomes ${status}, as soon as the pod is there)`,
    request: true,
    parse: (line) => {
      const names = podNames(line);
      return async (session) => {
        for (const name of names) {
          await appears(session, name);
          const condition = { type: READINESS_GATE, status };
          const patch = { type: 'strategic', body: { status: { conditions: [condition] } } } as const;
          const options = { subresource: 'status' };
          await session.wrote(pod, await session.cluster.api.patch(pods, session.nameOf(pod, name), patch, options));
        }
      };
    },
  };
}

export const subresourceCommands: Commands = {
  scale,
  evict,
  open: gate('open', 'True'),
  close: gate('close', 'False'),
};

function podNames(line: Line): string[] {
  line.noBody();
  const { kind } = line.kind();
  if (kind !== pod) line.fail(`${line.verb} is of pods`);
  const names = line.names();
  line.end();
  return names;
}

async function appears(session: Session, name: string): Promise<void> {
  const store = await session.use(pod);
  const isThere = (one: KubeObject): boolean =>
    one.metadata.name === name && one.metadata.deletionTimestamp === undefined;
  const found = (): boolean => session.seen(pod)?.some(isThere) === true;
  if (!(await watchUntil(store, session.cluster.clock, 20_000, found))) throw new NotSo(`no pod ${name} within 20 s`);
}
