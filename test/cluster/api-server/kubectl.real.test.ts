import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'yaml';
import { crds } from '../../../src/api/crds.js';
import { ApiServer } from '../../../src/cluster/api-server/api-server.js';
import { HttpFace } from '../../../src/cluster/api-server/http/face.js';
import { systemClock } from '../../../src/kube/clock.js';
import type { KubeObject } from '../../../src/kube/objects.js';
import { customResourceDefinitions } from '../../../src/kube/resource.js';
import { chosenVersion } from '../../control-plane/pins.js';
import { findSource, programsOf } from '../../control-plane/source.js';
import { describeControlPlane } from '../../control-plane/suite.js';

const TIMEOUT = 120_000;

describeControlPlane(
  'kubectl and the embedded API server',
  () => {
    const folder = mkdtempSync(join(tmpdir(), 'gamezone-kubectl-'));
    const errors: unknown[] = [];
    let face: HttpFace;
    let program: string;

    beforeAll(async () => {
      const version = chosenVersion();
      const programs = await programsOf(findSource(version), version, ['kubectl']);
      // Our binary knows by its name what it is to be.
      mkdirSync(join(folder, 'bin'));
      program = join(folder, 'bin', 'kubectl');
      symlinkSync(programs.get('kubectl')!, program);
      const server = new ApiServer({ clock: systemClock, serviceAccounts: false });
      const api = server.client('admin');
      for (const { yaml } of await crds()) await api.create(customResourceDefinitions, parse(yaml) as KubeObject);
      const users = new Map([['secret-of-admin', 'admin']]);
      face = await HttpFace.listen({ server, users, onError: (error) => void errors.push(error) });
      writeFileSync(join(folder, 'kubeconfig'), face.kubeconfig('admin'));
    }, TIMEOUT);
    afterAll(async () => {
      await face.close();
      rmSync(folder, { recursive: true });
      expect(errors).toEqual([]);
    });

    const kubectl = (args: string, input = ''): Promise<string> =>
      new Promise((resolve) => {
        const env = { ...process.env, KUBECONFIG: join(folder, 'kubeconfig'), HOME: folder };
        const child = execFile(program, args.split(' '), { env }, (_, stdout, stderr) => resolve(stdout + stderr));
        child.stdin?.end(input);
      });

    const statefulSet = `
apiVersion: apps/v1
kind: StatefulSet
metadata: {name: web, namespace: arena}
spec:
  serviceName: web
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec: {containers: [{name: app, image: "app:1"}]}
`;

    // In this order: each goes on where the one before has ended.
    test.each([
      ['create namespace arena', '', 'namespace/arena created'],
      ['get namespaces', '', /arena +Active/],
      ['create configmap settings --from-literal=a=b -n arena', '', 'configmap/settings created'],
      ['get configmap settings -n arena -o jsonpath={.data.a}', '', /^b$/],
      ['apply -f -', statefulSet, 'statefulset.apps/web created'],
      ['apply -f -', statefulSet.replace('app:1', 'app:2'), 'statefulset.apps/web configured'],
      ['apply --server-side --field-manager=other -f -', statefulSet.replace('app:1', 'app:3'), 'conflict'],
      ['apply --server-side --force-conflicts -f -', statefulSet.replace('app:1', 'app:3'), 'serverside-applied'],
      ['get statefulset web -n arena -o wide', '', /web +0\/1 +\S+ +app +app:3/],
      ['scale statefulset web --replicas=3 -n arena', '', 'statefulset.apps/web scaled'],
      ['label statefulset web zone=one -n arena', '', 'statefulset.apps/web labeled'],
      ['annotate statefulset web note=one -n arena', '', 'statefulset.apps/web annotated'],
      ['patch statefulset web -n arena -p {"spec":{"replicas":2}}', '', 'statefulset.apps/web patched'],
      ['get statefulsets -n arena -l zone=one', '', /web +0\/2/],
      ['describe statefulset web -n arena', '', /Replicas: +2 desired/],
      ['create -f -', 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: x}\ndat: {}\n', 'unknown field "dat"'],
      ['api-resources --api-group=tkex.tencent.com', '', /gamestatefulsets .* true +GameStatefulSet/],
      ['explain gamestatefulset.spec.updateStrategy', '', 'How the pods of a GameStatefulSet come to a new revision.'],
      ['explain pod.spec.containers.image', '', 'image <string>'],
      ['get gamestatefulsets -A', '', 'No resources found'],
      ['auth can-i delete pods', '', 'yes'],
      ['delete configmap settings -n arena', '', 'configmap "settings" deleted'],
      ['wait --for=delete configmap/settings -n arena --timeout=5s', '', /^(?!.*timed out)/],
      ['get configmap settings -n arena', '', 'Error from server (NotFound): configmaps "settings" not found'],
    ])(
      'kubectl %s',
      async (args, input, wanted) => {
        const said = await kubectl(args, input);
        if (typeof wanted === 'string') expect(said).toContain(wanted);
        else expect(said).toMatch(wanted);
      },
      TIMEOUT,
    );
  },
  ['own'],
);
