import { isReady } from '../../src/api/pod.js';
import type { KubeObject } from '../../src/kube/objects.js';
import { jobs, pods } from '../../src/kube/resource.js';
import { describeControlPlane } from '../control-plane/suite.js';
import { until } from '../control-plane/until.js';
import { gateOf, imageOf, Lab, namesOf, namespace, uidsOf, type Acting } from './lab.js';
import { gameStatefulSet, image, template } from './workloads.js';

const V1 = 'registry.example/game:v1';
const V2 = 'registry.example/game:v2';

describeControlPlane(
  'every way of updating, on a real control plane',
  () => {
    let lab: Lab;
    let acting: Acting;

    beforeAll(async () => {
      lab = await Lab.start({
        behaviour: {
          run: ({ container }) =>
            container === 'job' ? { exit: { after: 1000, code: 0 } } : { startup: 300, stop: { after: 300 } },
        },
      });
      acting = await lab.controller();
    });
    afterAll(async () => {
      if (process.env['SHOW']) process.stdout.write(acting.lines.join(''));
      await acting.runtime.stop();
      await lab.stop();
    });

    /** In the order in which somebody asked for it first: the child deletes what our controller deletes as well. */
    const deletedPods = (name: string): string[] => {
      const asked = lab.controlPlane
        .auditLog()
        .filter(({ verb, resource, user }) => verb === 'delete' && resource === 'pods' && user !== 'kubelet-model')
        .flatMap((event) => (event.name?.startsWith(`${name}-`) ? [event.name] : []));
      return [...new Set(asked)];
    };

    test('RollingUpdate replaces pods from the top, one after the other, and has no gate', async () => {
      const name = 'rolling';
      const updateStrategy = { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: 1 } } as const;
      await lab.create(gameStatefulSet(name, { updateStrategy }));
      await lab.healthy(name);
      const before = await lab.pods(name);
      expect(before.map(gateOf)).toEqual([undefined, undefined, undefined]);
      await lab.patchSpec(name, image(name, V2));
      await lab.healthy(name, 2);
      const after = await lab.pods(name);
      expect(after.map(imageOf)).toEqual([V2, V2, V2]);
      for (const uid of uidsOf(after)) expect(uidsOf(before)).not.toContain(uid);
      expect(deletedPods(name)).toEqual(['rolling-2', 'rolling-1', 'rolling-0']);
    });

    test('OnDelete leaves the pods to whoever deletes them', async () => {
      const name = 'ondelete';
      await lab.create(gameStatefulSet(name, { replicas: 2, updateStrategy: { type: 'OnDelete' } }));
      await lab.healthy(name);
      await lab.patchSpec(name, image(name, V2));
      await until(async () => (await lab.status(name)).observedGeneration === 2);
      await until(
        async () =>
          (await lab.child(name))?.status?.updateRevision !== (await lab.child(name))?.status?.currentRevision,
      );
      expect((await lab.pods(name)).map(imageOf)).toEqual([V1, V1]);
      expect(deletedPods(name)).toEqual([]);
      const [, top] = await lab.pods(name);
      await lab.api.delete(pods, { namespace, name: `${name}-1` });
      await until(async () => {
        const [, next] = await lab.pods(name);
        return next !== undefined && next.metadata.uid !== top!.metadata.uid && isReady(next);
      });
      expect((await lab.pods(name)).map(imageOf)).toEqual([V1, V2]);
    });

    test('what is impossible in place is refused, and done where the fallback allows it', async () => {
      const name = 'fallback';
      await lab.create(gameStatefulSet(name, { replicas: 2 }));
      await lab.healthy(name);
      const before = uidsOf(await lab.pods(name));
      await lab.patchSpec(name, { template: template(name, V1, [{ name: 'MODE', value: 'ranked' }]) });
      await until(async () => (await lab.status(name)).phase === 'Degraded');
      const { message, conditions } = await lab.status(name);
      expect(message).toMatch(/^the new template cannot be reached in place: spec\.containers/);
      expect(conditions).toContainEqual(expect.objectContaining({ type: 'InPlaceNotPossible', status: 'True' }));
      expect(uidsOf(await lab.pods(name))).toEqual(before);
      await lab.patchSpec(name, { updateStrategy: { inPlaceUpdateStrategy: { fallback: 'Recreate' } } });
      await lab.healthy(name);
      const after = await lab.pods(name);
      for (const uid of uidsOf(after)) expect(before).not.toContain(uid);
      expect(after.every((pod) => gateOf(pod) === 'True')).toBe(true);
      expect((await lab.status(name)).conditions?.map(({ type }) => type)).not.toContain('InPlaceNotPossible');
    });

    test('nothing is created, and nothing is updated, before the Jobs are complete', async () => {
      const name = 'migrated';
      const job = (of: string): KubeObject & { spec: object } => ({
        apiVersion: 'batch/v1',
        kind: 'Job',
        metadata: { namespace, name: of },
        spec: { template: { spec: { restartPolicy: 'Never', containers: [{ name: 'job', image: 'migrate' }] } } },
      });
      await lab.create(gameStatefulSet(name, { replicas: 1, prerequisites: [{ kind: 'Job', name: 'migrate-1' }] }));
      await until(async () => (await lab.status(name)).message === 'waiting for Job migrate-1, which does not exist');
      expect(await lab.child(name)).toBeUndefined();
      await lab.api.create(jobs, job('migrate-1'));
      expect(await lab.healthy(name)).toMatchObject({ prerequisites: [{ name: 'migrate-1', completed: true }] });
      await lab.patchSpec(name, { ...image(name, V2), prerequisites: [{ kind: 'Job', name: 'migrate-2' }] });
      await until(async () => (await lab.status(name)).message === 'waiting for Job migrate-2, which does not exist');
      expect((await lab.pods(name)).map(imageOf)).toEqual([V1]);
      await lab.api.create(jobs, job('migrate-2'));
      await lab.healthy(name);
      expect((await lab.pods(name)).map(imageOf)).toEqual([V2]);
    });

    test('ordinals begin where they are asked to; kubectl scale grows and shrinks from the top', async () => {
      const name = 'scaled';
      await lab.create(gameStatefulSet(name, { replicas: 2, ordinals: { start: 101 } }));
      await lab.healthy(name);
      expect(namesOf(await lab.pods(name))).toEqual(['scaled-101', 'scaled-102']);
      lab.kubectl(['scale', `gamestatefulset/${name}`, '--replicas=4']);
      await until(async () => (await lab.pods(name)).filter(isReady).length === 4);
      expect(await lab.healthy(name)).toMatchObject({ replicas: 4, readyReplicas: 4 });
      const scale = JSON.parse(
        lab.kubectl([
          'get',
          '--raw',
          `/apis/tkex.tencent.com/v1alpha1/namespaces/${namespace}/gamestatefulsets/${name}/scale`,
        ]),
      ) as { readonly status: object };
      expect(scale.status).toEqual({ replicas: 4, selector: 'app=scaled' });
      lab.kubectl(['scale', `gamestatefulset/${name}`, '--replicas=1']);
      await until(async () => (await lab.pods(name)).length === 1);
      expect(namesOf(await lab.pods(name))).toEqual(['scaled-101']);
    });

    test('pods come one by one where the order is asked for', async () => {
      const name = 'ordered';
      await lab.create(gameStatefulSet(name, { replicas: 3, podManagementPolicy: 'OrderedReady' }));
      await lab.healthy(name);
      // What was done to a pod before the next one was made.
      const done = lab.controlPlane
        .auditLog()
        .filter((event) => event.resource === 'pods' && event.name?.startsWith('ordered-') && event.code < 300)
        .flatMap(({ verb, name: pod, subresource, user }) => {
          if (verb === 'create' && subresource === undefined) return [`${pod} created`];
          return user === 'controller' && subresource === 'status' ? [`${pod} opened`] : [];
        });
      expect(done).toEqual([0, 1, 2].flatMap((at) => [`ordered-${at} created`, `ordered-${at} opened`]));
    });

    test('a name that somebody else has is left alone', async () => {
      const name = 'taken';
      lab.apply(
        JSON.stringify({
          apiVersion: 'apps/v1',
          kind: 'StatefulSet',
          metadata: { namespace, name },
          spec: {
            replicas: 0,
            serviceName: name,
            selector: { matchLabels: { app: name } },
            template: template(name, V1),
          },
        }),
      );
      await lab.create(gameStatefulSet(name));
      await until(async () => (await lab.status(name)).phase === 'Degraded');
      expect((await lab.status(name)).message).toBe('StatefulSet taken belongs to nobody: rename one of the two');
      expect((await lab.child(name))?.spec.replicas).toBe(0);
    });

    test('a template that the server refuses is not written anywhere', async () => {
      const name = 'refused';
      await lab.create(gameStatefulSet(name, { replicas: 1 }));
      await lab.healthy(name);
      await lab.patchSpec(name, {
        template: { spec: { containers: [{ name: 'game', image: V1, ports: [{ containerPort: 0 }] }] } },
      });
      await until(async () => (await lab.status(name)).phase === 'Degraded');
      expect((await lab.status(name)).message).toMatch(/^the API server refuses the template: .*containerPort/);
      expect((await lab.pods(name)).every(isReady)).toBe(true);
      await lab.patchSpec(name, image(name, V2));
      await lab.healthy(name);
    });
  },
  ['own', 'kube-controller-manager', 'kube-scheduler'],
);
