import type { Event } from '../../rollout/simulation/events.js';
import type { World } from './world.js';

/** What happens here. The rest changes what is ours behind our back, and nobody can keep a promise about that; or it is a late watch. */
export type Happening = Extract<
  Event,
  { readonly do: 'want' | 'delete' | 'kill' | 'fail' | 'crash' | 'loseNode' | 'endController' | 'stopNative' | 'job' }
>;

const HAPPEN: ReadonlySet<Event['do']> = new Set<Happening['do']>([
  'want',
  'delete',
  'kill',
  'fail',
  'crash',
  'loseNode',
  'endController',
  'stopNative',
  'job',
]);

export const happens = (event: Event): event is Happening => HAPPEN.has(event.do);

export async function apply(world: World, event: Happening): Promise<void> {
  const { kubelets, server } = world.cluster.cluster;
  switch (event.do) {
    case 'want':
      return world.want(event.change);
    case 'delete':
    case 'kill': {
      const pod = await world.podAt(event.pod);
      return pod && world.remove(pod.metadata, event.do === 'kill' ? 0 : undefined);
    }
    case 'fail': {
      const pod = await world.podAt(event.pod);
      return pod && kubelets.nodeOf(pod.metadata)?.evict(pod.metadata.uid);
    }
    case 'crash': {
      const pod = await world.podAt(event.pod);
      if (pod) kubelets.nodeOf(pod.metadata)?.crashContainer(pod.metadata.uid, event.container);
      return;
    }
    case 'loseNode': {
      const { nodes } = world;
      const name = nodes[event.node % nodes.length]!;
      const node = kubelets.node(name);
      node.lose();
      world.later(event.for, async () => {
        if (node.isUp) return;
        const lost = (await world.pods()).filter(({ spec }) => spec.nodeName === name);
        if (event.fenced) for (const { metadata } of lost) await world.remove(metadata, 0);
        await node.return();
      });
      return;
    }
    case 'endController':
      world.endController(event.for);
      return;
    // Here the whole control plane is away, not the StatefulSet controller alone.
    case 'stopNative':
      server.kill();
      world.later(event.for, () => {
        server.start();
        return Promise.resolve();
      });
      return;
    case 'job':
      return world.job(event.name, event.is);
  }
}
