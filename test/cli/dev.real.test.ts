import { chmodSync, readFileSync, symlinkSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { controlPlaneBinary } from '../control-plane/build.js';
import { describeControlPlane } from '../control-plane/suite.js';
import { folderWith, gamezone, removeFolders } from './command-line.js';

const EXAMPLE = 'examples/in-place/zone.yaml';

/** What a newcomer does in the first minute; the last line is the exit code. */
const SESSION = `#!/bin/sh
set -eu
cd "$(dirname "$0")"
kubectl get pods -o name > pods.txt
kubectl get gamestatefulset harbor-game > columns.txt
kubectl get pods -o jsonpath='{.items[*].metadata.uid}' > uids-before.txt
kubectl patch gamestatefulset harbor-game --type json \\
  -p '[{"op":"replace","path":"/spec/template/spec/containers/0/image","value":"registry.example.com/new:2"}]' > patched.txt
for at in $(seq 200); do
  kubectl get pods -o jsonpath='{.items[*].status.containerStatuses[0].image}' > images.txt
  case "$(kubectl get gamestatefulset harbor-game -o jsonpath='{.status.phase}') $(tr ' ' '\\n' < images.txt | grep -c new:2)" in
    "Healthy 5") break ;;
  esac
  sleep 0.2
done
kubectl get pods -o jsonpath='{.items[*].metadata.uid}' > uids-after.txt
kubectl logs harbor-game-1 > log.txt
kubectl describe pod harbor-game-1 > described.txt
kubectl delete pod harbor-game-2 > deleted.txt
exit 3
`;

describeControlPlane(
  'gamezone dev and the pinned kubectl',
  () => {
    afterAll(removeFolders);

    test('a zone is rolled in place, and no pod loses its life', async () => {
      const folder = folderWith({ 'session.sh': SESSION });
      chmodSync(join(folder, 'session.sh'), 0o700);
      symlinkSync(await controlPlaneBinary('newest'), join(folder, 'kubectl'));
      const path = process.env['PATH'];
      process.env['PATH'] = `${folder}${delimiter}${path}`;
      const { code, err } = await gamezone('dev', EXAMPLE, '--speed', '20', '--', join(folder, 'session.sh')).finally(
        () => (process.env['PATH'] = path),
      );
      const read = (name: string): string => readFileSync(join(folder, name), 'utf8');
      expect({ code, err }).toMatchObject({ code: 3 });
      expect(read('pods.txt').trim().split('\n')).toEqual([1, 2, 3, 4, 5].map((id) => `pod/harbor-game-${id}`));
      expect(read('columns.txt')).toMatch(/NAME +REPLICAS +READY_REPLICAS/);
      expect(read('images.txt').split(' ')).toEqual(Array(5).fill('registry.example.com/new:2'));
      expect(read('uids-after.txt')).toBe(read('uids-before.txt'));
      expect(read('log.txt')).toContain('harbor-game-1/game runs registry.example.com/new:2');
      expect(read('described.txt')).toContain('UpdateVerified');
      expect(read('deleted.txt')).toContain('pod "harbor-game-2" deleted');
    }, 180_000);
  },
  ['own'],
);
