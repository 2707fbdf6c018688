import type { StatefulSet } from '../../../src/cluster/controllers/objects.js';
import { dataOf } from '../../../src/cluster/controllers/revision/data.js';
import { revisionSuffix } from '../../../src/cluster/controllers/revision/hash.js';
import { goJson } from '../../../src/cluster/controllers/revision/go-json.js';
import type { Revision } from '../../../src/cluster/controllers/objects.js';
import { connect, type Connection } from '../../../src/kube/connect.js';
import { controllerRevisions, statefulSets } from '../../../src/kube/resource.js';
import type { ControlPlane } from '../../control-plane/control-plane.js';
import { startControlPlane } from '../../control-plane/start.js';
import { describeControlPlane } from '../../control-plane/suite.js';
import { until } from '../../control-plane/until.js';

const namespace = 'default';

/** What a template can hold that is easily spelled in two ways. */
const SPECS: Readonly<Record<string, object>> = {
  plain: { containers: [{ name: 'app', image: 'app:1' }] },
  escaped: {
    containers: [{ name: 'app', image: 'app:1', command: ['sh', '-c', 'a < b && c > d\u2028 "\\" \t ü \u{1f3ae}'] }],
  },
  numbers: {
    terminationGracePeriodSeconds: 90,
    containers: [
      {
        name: 'app',
        image: 'app:1',
        resources: { requests: { cpu: '0.5', memory: '1024Mi' }, limits: { cpu: 2 } },
        readinessProbe: { httpGet: { port: 80 }, periodSeconds: 5 },
      },
    ],
  },
  many: {
    initContainers: [{ name: 'side', image: 'side:1', restartPolicy: 'Always' }],
    containers: [
      {
        name: 'app',
        image: 'app:1',
        env: [
          { name: 'B', value: '' },
          { name: 'A', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } },
        ],
        volumeMounts: [{ name: 'scratch', mountPath: '/scratch' }],
      },
    ],
    volumes: [{ name: 'scratch', emptyDir: {} }],
    securityContext: { runAsUser: 0 },
    nodeSelector: { 'b/zone': 'one', a: 'two' },
  },
};

describeControlPlane(
  'revisions have the names that the real controller gives them',
  () => {
    let controlPlane: ControlPlane;
    let connection: Connection;

    beforeAll(async () => {
      controlPlane = await startControlPlane({ parts: ['kube-controller-manager'], audit: 'off' });
      connection = connect({ kubeconfig: controlPlane.kubeconfig });
    });

    afterAll(async () => {
      await connection.close();
      await controlPlane.stop();
    });

    test.each(Object.keys(SPECS))('%s', async (name) => {
      const { api } = connection;
      const labels = { app: name };
      const template = { metadata: { labels, annotations: { note: 'a' } }, spec: SPECS[name]! };
      await api.create(statefulSets, {
        apiVersion: 'apps/v1',
        kind: 'StatefulSet',
        metadata: { name, namespace },
        spec: { replicas: 0, serviceName: name, selector: { matchLabels: labels }, template },
      } as unknown as StatefulSet);
      let stored = await api.get<StatefulSet>(statefulSets, { namespace, name });
      await until(async () => {
        stored = await api.get<StatefulSet>(statefulSets, { namespace, name });
        return stored.status?.updateRevision !== undefined;
      });
      const data = dataOf(stored.spec.template);
      const revisionName = stored.status?.updateRevision ?? '';
      const real = await api.get<Revision>(controllerRevisions, { namespace, name: revisionName });
      expect(goJson(real.data)).toBe(goJson(data));
      expect(`${name}-${revisionSuffix(data, 0)}`).toBe(revisionName);
    });
  },
  ['own', 'kube-controller-manager'],
);
