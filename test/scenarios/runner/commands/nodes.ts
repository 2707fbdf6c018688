import type { Pod } from '../../../../src/api/pod.js';
import { pods } from '../../../../src/kube/resource.js';
import type { Command, Commands } from '../command.js';
import { pod } from '../kinds/pod.js';

const node: Command = {
  usage: 'node NAME lost|back      (its kubelet falls silent, its containers run on)',
  parse: (line) => {
    const name = line.next('a node');
    const state = line.next('lost or back');
    if (state !== 'lost' && state !== 'back') return line.fail(`node: "${state}" is neither lost nor back`);
    line.end();
    return async (session) => {
      const of = session.cluster.node(name);
      session.note(`node ${name} ${state}`);
      if (state === 'lost') of.lose();
      else await of.return();
    };
  },
};

const pressure: Command = {
  usage: 'pressure pods NAME ...      (their nodes evict them for want of memory: they are Failed)',
  parse: (line) => {
    const { kind } = line.kind();
    if (kind !== pod) line.fail('pressure is on pods');
    const names = line.names();
    line.end();
    return async (session) => {
      for (const name of names) {
        const { metadata, spec } = await session.cluster.api.get<Pod>(pods, session.nameOf(pod, name));
        session.cluster.node(spec.nodeName ?? '').evict(metadata.uid);
      }
    };
  },
};

export const nodeCommands: Commands = { node, pressure };
