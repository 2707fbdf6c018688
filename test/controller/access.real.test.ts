import { Health } from '../../src/controller/health.js';
import {
  CLUSTER_RULES,
  LEASE,
  OWN_RULES,
  WORKLOAD_RULES,
  type PolicyRule,
} from '../../src/controller/install/rules.js';
import { logTo, silent } from '../../src/controller/log.js';
import { Runtime } from '../../src/controller/runtime.js';
import { systemClock } from '../../src/kube/clock.js';
import { isReady, type Pod } from '../../src/api/pod.js';
import type { KubeObject } from '../../src/kube/objects.js';
import { pods, statefulSets } from '../../src/kube/resource.js';
import { gamezone } from '../cli/command-line.js';
import { describeControlPlane } from '../control-plane/suite.js';
import { until } from '../control-plane/until.js';
import { gateOf, Lab, namespace } from './lab.js';
import { gameStatefulSet, image, template } from './workloads.js';

const SYSTEM = 'gamezone-system';
const USER = `system:serviceaccount:${SYSTEM}:gamezone-controller`;
const ELSEWHERE = 'system:serviceaccount:watching:gamezone-controller';
const V2 = 'registry.example/game:v2';

/** `patch apps/statefulsets`, for each verb on each resource. */
const grants = (rules: readonly PolicyRule[]): string[] =>
  rules.flatMap(({ apiGroups, resources, verbs }) =>
    apiGroups.flatMap((group) => resources.flatMap((resource) => verbs.map((verb) => `${verb} ${group}/${resource}`))),
  );

describeControlPlane(
  'what `gamezone install` gives the controller, on a real control plane',
  () => {
    let lab: Lab;

    beforeAll(async () => {
      lab = await Lab.start({
        audit: 'everything',
        users: [
          { name: USER, groups: ['system:authenticated'] },
          { name: ELSEWHERE, groups: ['system:authenticated'] },
          { name: 'without-finalizers', groups: ['system:authenticated'] },
        ],
        flags: { 'kube-apiserver': { 'enable-admission-plugins': 'OwnerReferencesPermissionEnforcement' } },
      });
      const { out, err, code } = await gamezone('install', '--image', 'registry.example/gamezone:test');
      if (code !== 0) throw new Error(err);
      lab.apply(out);
    });
    afterAll(() => lab.stop());

    test('the API server takes the manifests, and the pods keep what the namespace demands', async () => {
      const found = async (): Promise<readonly Pod[]> => (await lab.api.list<Pod>(pods, { namespace: SYSTEM })).items;
      await until(async () => (await found()).filter(isReady).length === 2);
      expect(new Set((await found()).map(({ spec }) => spec.nodeName)).size).toBe(2);
      const asked = JSON.parse(lab.kubectl(['get', 'namespace', SYSTEM, '-o', 'json'])) as KubeObject;
      expect(asked.metadata.labels).toMatchObject({ 'pod-security.kubernetes.io/enforce': 'restricted' });
    });

    test('the controller needs each of its rights, and nothing that it asks for is refused', async () => {
      const runtime = new Runtime({
        api: lab.connect(USER).api,
        clock: systemClock,
        identity: 'test',
        lease: { namespace: SYSTEM, name: LEASE },
        log: silent,
      });
      runtime.start();
      await until(() => runtime.vitals.leads && new Health(systemClock).unready(runtime.vitals).length === 0);
      const name = 'game';
      const inPlaceUpdateStrategy = { gracePeriodSeconds: 3 };
      // Of two at a time the StatefulSet controller deletes one.
      const rollingUpdate = { maxUnavailable: 2 };
      await lab.create(
        gameStatefulSet(name, {
          replicas: 4,
          updateStrategy: { type: 'InplaceUpdate', rollingUpdate, inPlaceUpdateStrategy },
        }),
      );
      await lab.healthy(name);
      await lab.patchSpec(name, image(name, V2));
      // The same is said of a pod twice, which makes one event with a count.
      for (const paused of [true, false]) {
        await until(async () => (await lab.pods(name)).some((pod) => gateOf(pod) === 'False'));
        await lab.patchSpec(name, { updateStrategy: { paused } });
        if (paused) await until(async () => (await lab.pods(name)).every((pod) => gateOf(pod) === 'True'));
        if (paused) await lab.patchSpec(name, { updateStrategy: { paused: false } });
      }
      await lab.healthy(name);
      await lab.patchSpec(name, {
        template: template(name, V2, [{ name: 'MODE', value: 'x' }]),
        updateStrategy: { inPlaceUpdateStrategy: { fallback: 'Recreate' } },
      });
      await lab.healthy(name);
      await runtime.stop();

      const asked = lab.controlPlane.auditLog().filter(({ user, resource }) => user === USER && resource !== '');
      const refused = asked.filter(({ code }) => code === 401 || code === 403);
      expect(refused.map(({ verb, uri, code }) => `${verb} ${uri} ${code}`)).toEqual([]);
      const used = new Set(
        asked.map(
          ({ verb, group, resource, subresource }) =>
            `${verb} ${group}/${resource}${subresource === undefined ? '' : `/${subresource}`}`,
        ),
      );
      // Asked for by an admission plugin and not by us; the next test is about it.
      used.add('update tkex.tencent.com/gamestatefulsets/finalizers');
      expect([...used].sort()).toEqual(
        [...new Set(grants([...WORKLOAD_RULES, ...CLUSTER_RULES, ...OWN_RULES]))].sort(),
      );
    });

    test('without the right to finalizers, the plugin of OpenShift refuses the child', async () => {
      lab.apply(
        JSON.stringify({
          apiVersion: 'v1',
          kind: 'List',
          items: [
            {
              apiVersion: 'rbac.authorization.k8s.io/v1',
              kind: 'ClusterRole',
              metadata: { name: 'without-finalizers' },
              rules: WORKLOAD_RULES.filter(({ resources }) => !resources.includes('gamestatefulsets/finalizers')),
            },
            {
              apiVersion: 'rbac.authorization.k8s.io/v1',
              kind: 'ClusterRoleBinding',
              metadata: { name: 'without-finalizers' },
              roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'without-finalizers' },
              subjects: [{ apiGroup: 'rbac.authorization.k8s.io', kind: 'User', name: 'without-finalizers' }],
            },
          ],
        }),
      );
      const { metadata, spec } = (await lab.child('game'))!;
      const child = { metadata: { namespace, name: 'other', ownerReferences: metadata.ownerReferences! }, spec };
      const asker = (user: string) => lab.connect(user).api.create(statefulSets, child, { dryRun: true });
      await expect(asker('without-finalizers')).rejects.toThrow(/cannot set blockOwnerDeletion/);
      await expect(asker(USER)).resolves.toMatchObject({ metadata: { name: 'other' } });
    });

    test('limited to one namespace it can do its work there, and nothing elsewhere', async () => {
      const { out } = await gamezone(
        ...['install', '--image', 'registry.example/gamezone:test', '--no-crds'],
        ...['--namespace', 'watching', '--watch-namespace', namespace],
      );
      lab.apply(out);
      const lines: string[] = [];
      const runtime = new Runtime({
        api: lab.connect(ELSEWHERE).api,
        clock: systemClock,
        identity: 'elsewhere',
        lease: { namespace: 'watching', name: LEASE },
        namespace,
        log: logTo({ clock: systemClock, write: (line) => void lines.push(line) }),
      });
      runtime.start();
      await lab.create(gameStatefulSet('limited', { replicas: 1 }));
      await lab.healthy('limited').catch((error: unknown) => {
        throw new Error(lines.join(''), { cause: error });
      });
      await runtime.stop();
      await expect(lab.connect(ELSEWHERE).api.list(pods, { namespace: 'kube-system' })).rejects.toThrow(/403/);
      // The other installation has its own bindings still.
      await expect(lab.connect(USER).api.list(pods)).resolves.toBeDefined();
    });
  },
  ['own', 'kube-controller-manager', 'kube-scheduler'],
);
