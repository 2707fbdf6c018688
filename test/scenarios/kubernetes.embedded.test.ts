import { COMMANDS } from './runner/commands.js';
import { EmbeddedCluster } from './runner/embedded-cluster.js';
import { runIn, scenariosOf } from './runner/run.js';

/** What an API server and kubelets do by themselves; the others wait for a controller. */
const WITHOUT_CONTROLLERS: ReadonlySet<string> = new Set([
  'A dry-run apply of an object that is not there fills in the defaults of a whole one',
  'A dry run refuses what the write would refuse',
  'A dry-run create with generateName answers with a name, and stores nothing',
  "A dry-run create of the StatefulSet's kind with generateName is whole as well",
  'What two managers want differently is a conflict, until one of them forces it',
  'A field that is no longer applied goes, unless somebody else wants it too',
  'Applying the same again writes nothing',
  'An apply with an old resourceVersion is a conflict, forced or not',
  'A deletion with the UID of another object, or an old version, is refused',
  'A finalizer holds an object back, and its name',
  'Two controllers of one object are refused',
  'Ready needs the gate and the containers; the gate alone does not restart them',
  'A pod with a scheduling gate waits, unscheduled',
  'Image and scheduling gate in one patch: the pod starts with the new image and never with the old',
  'A scheduling gate can be taken away but not added',
  'A gated pod that is deleted is gone at once',
  "A Job's template cannot change, some of its counts can",
  "Of a pod's spec only a few fields change",
  'Tolerations may be added, not taken away; a deadline may be set and lowered',
  'Labels and annotations change freely, and no container restarts for them',
  'Images, labels and annotations go in one patch, which is one version of the pod',
  "An init container's image changes, and nothing starts for it",
  "A native sidecar's image changes",
  "A pod's generation counts changes of its spec, where the server has it",
  'A pod that is going can still be patched',
  'A status patch changes only the status, a patch of the pod everything but the status',
  'Conditions merge by their type',
  'A merge patch of conditions would replace all of them',
  'A status patch of an old version is refused',
  'A JSON patch whose first operation replaces resourceVersion with an old one is refused',
  'A JSON patch whose test fails is refused as invalid, and nothing of it is done',
  'A patch with the UID of another object is refused as invalid, one with an old version as a conflict',
  'A cost that is no 32-bit integer is refused',
  'The selector cannot change',
  'Of our kinds the status is a subresource, and the generation counts the spec only',
  'Our kinds take no strategic merge patch',
  'podManagementPolicy, serviceName, selector and claim templates cannot change',
  'The history limit can change from some version on',
  'A watch tells every write after a version, once and in order',
  'A watch in which nothing happens sends a bookmark before it ends',
  'A watch from a version that is too old is refused with 410',
  'A list comes in pages of one version',
]);

describe('The embedded cluster does what the rollout design leans on', () => {
  let cluster: EmbeddedCluster;
  beforeAll(async () => {
    cluster = await EmbeddedCluster.start();
  });
  afterAll(() => cluster.stop());

  const scenarios = scenariosOf('kubernetes', COMMANDS).filter(({ title }) => WITHOUT_CONTROLLERS.has(title));

  test('all of them are there', () => {
    expect(scenarios.map(({ title }) => title).sort()).toEqual([...WITHOUT_CONTROLLERS].sort());
  });

  scenarios.forEach((scenario, index) => {
    test(scenario.title, () => runIn(cluster, `scenario-${index + 1}`, scenario));
  });

  test('and no kubelet has complained', () => expect(cluster.errors).toEqual([]));
});
