import { existsSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { GameStatefulSet } from '../../src/api/generated/types/game-stateful-set.js';
import type { Pod } from '../../src/api/pod.js';
import { KubeletModel } from '../../src/cluster/kubelet/kubelet.js';
import { podsOf } from '../../src/cluster/kubelet/pod-source.js';
import { systemClock } from '../../src/kube/clock.js';
import { connect } from '../../src/kube/connect.js';
import { Reflector } from '../../src/kube/reflector.js';
import { pods } from '../../src/kube/resource.js';
import type { ControlPlane } from '../control-plane/control-plane.js';
import { startControlPlane } from '../control-plane/start.js';
import { until } from '../control-plane/until.js';
import { Companion, environmentFor, run } from './processes.js';
import { Story } from '../../src/cli/dev/story.js';

const ZONE = 'examples/in-place/zone.yaml';
const NAME = 'harbor-game';
const COMMAND = 'dist/bin/gamezone.js';

/** A pod before or after the roll-out. */
export interface TouredPod {
  readonly name: string;
  readonly uid: string;
  readonly image: string;
}

export interface Tour {
  readonly before: readonly TouredPod[];
  readonly after: readonly TouredPod[];
  /** Writes of the controller to each pod while it was updated. */
  readonly writesPerPod: Readonly<Record<string, number>>;
}

/**
 * Rolls examples/in-place from 0.1.0 to 0.2.0 on a real control plane: the built command synthesizes, kubectl applies, the built
 * controller acts. The kubelets are modelled, as nothing else here is. Tells what happens, line by line.
 */
export async function tour(print: (line: string) => void): Promise<Tour> {
  if (!existsSync(COMMAND)) throw new Error(`${COMMAND} is missing: run \`npm run build\` first`);
  const begun = Date.now();
  const tell = (line: string): void => print(`${((Date.now() - begun) / 1000).toFixed(1).padStart(6)} s  ${line}`);
  const chapter = (title: string): void => print(`\n== ${title}`);

  chapter('A real etcd, kube-apiserver, controller-manager and scheduler; two modelled nodes');
  const controlPlane = await startControlPlane({ users: ['kubelets', 'controller', 'operator'] });
  const closing: (() => Promise<unknown>)[] = [() => controlPlane.stop()];
  try {
    tell(`up at ${controlPlane.url}`);
    return await roll(controlPlane, { tell, print, chapter, closing });
  } finally {
    for (const close of closing.reverse()) await close();
  }
}

interface Teller {
  readonly tell: (line: string) => void;
  readonly print: (line: string) => void;
  readonly chapter: (title: string) => void;
  readonly closing: (() => Promise<unknown>)[];
}

async function roll(controlPlane: ControlPlane, { tell, print, chapter, closing }: Teller): Promise<Tour> {
  const programs = controlPlane.programs ?? '';
  const operator = environmentFor(controlPlane.as('operator').kubeconfig, programs);
  const gamezone = (...args: string[]) => run(process.execPath, [COMMAND, ...args], { env: operator });
  const apply = async (manifests: string): Promise<void> => {
    const { stdout } = await run('kubectl', ['apply', '-f', '-'], { env: operator, input: manifests });
    for (const line of stdout.trim().split('\n')) if (!line.endsWith('unchanged')) tell(`kubectl: ${line}`);
  };

  const definitions = await gamezone('crds');
  await run('kubectl', ['apply', '--server-side', '-f', '-'], { env: operator, input: definitions.stdout });
  await run('kubectl', ['wait', '--for=condition=Established', 'crd', '--all'], { env: operator });
  const kubelets = connect({ kubeconfig: controlPlane.as('kubelets').kubeconfig, fieldManager: 'kubelet' });
  closing.push(() => kubelets.close());
  const watched = new Reflector<Pod>({ api: kubelets.api, clock: systemClock, resource: pods });
  closing.push(() => watched.stop());
  watched.start();
  const model = new KubeletModel({
    api: kubelets.api,
    clock: systemClock,
    source: podsOf(watched.store),
    nodes: [{ name: 'node-a' }, { name: 'node-b' }],
    behaviour: { run: () => ({ startup: 300, stop: { after: 700 } }) },
    seed: 1,
  });
  await model.start();
  closing.push(() => Promise.resolve().then(() => model.stop()));

  chapter('The controller');
  const environment = environmentFor(controlPlane.as('controller').kubeconfig, programs);
  const controller = new Companion(process.execPath, [COMMAND, 'controller', '--port', '0'], environment);
  closing.push(() => controller.stop());
  tell('gamezone controller');

  const failure = (what: string): Error => new Error(`${what}; the controller said last:\n${controller.saidLast}`);

  const story = new Story(tell);
  watched.store.subscribe(({ type, object }) => {
    if (!object.metadata.name.startsWith(NAME)) return;
    if (type === 'removed') story.gone(object);
    else story.saw(object);
  });
  const sentence = new Sentences(tell);
  const healthy = async (image: string, count: number): Promise<void> => {
    await until(
      async () => {
        if (controller.hasEnded) throw failure('the controller has ended');
        const path = `/apis/tkex.tencent.com/v1alpha1/namespaces/default/gamestatefulsets/${NAME}`;
        const { body } = await controlPlane.send('GET', path);
        const { metadata, status } = body as GameStatefulSet;
        sentence.saw(status?.message);
        const updated = seen().filter((pod) => pod.image === image).length;
        return status?.observedGeneration === metadata.generation && status?.phase === 'Healthy' && updated === count;
      },
      { within: 60_000, failure: () => failure(`${NAME} is not healthy after 60 s`) },
    );
  };
  const seen = (): TouredPod[] =>
    watched.store
      .list()
      .filter(({ metadata }) => metadata.name.startsWith(NAME))
      .map(({ metadata, spec }) => ({ name: metadata.name, uid: metadata.uid, image: spec.containers[0]!.image }))
      .sort((a, b) => a.name.localeCompare(b.name));

  const folder = mkdtempSync(join(tmpdir(), 'gamezone-tour-'));
  closing.push(() => rm(folder, { recursive: true }));
  const file = join(folder, 'zone.yaml');
  const synthesized = async (change: (text: string) => string): Promise<string> => {
    writeFileSync(file, change(readFileSync(ZONE, 'utf8')));
    return (await gamezone('synth', file, '--stdout')).stdout;
  };
  const table = (rows: readonly TouredPod[]): void => {
    for (const { name, uid, image } of rows) print(`        ${name}  ${uid}  ${image}`);
  };

  chapter(`${ZONE} at 0.1.0: gamezone synth | kubectl apply`);
  const image = 'registry.example.com/project1/service';
  await apply(await synthesized((text) => text));
  await healthy(`${image}:0.1.0`, 5);
  const before = seen();
  table(before);

  chapter('0.2.0 for the ids 4 and 5: defaultImage 0.2.0, partition 3');
  const next = (text: string): string => text.replace('service:0.1.0', 'service:0.2.0');
  await apply(await synthesized((text) => next(text).replace('partition: 0', 'partition: 3')));
  await healthy(`${image}:0.2.0`, 2);

  chapter('0.2.0 for all: partition 0');
  await apply(await synthesized(next));
  await healthy(`${image}:0.2.0`, 5);
  const after = seen();

  chapter('The same pods');
  table(after);
  const since = firstUpdate(controlPlane);
  const writesPerPod: Record<string, number> = {};
  for (const { user, resource, name, time, code } of controlPlane.auditLog()) {
    if (user !== 'controller' || resource !== 'pods' || name === undefined || code >= 300) continue;
    if (Date.parse(time) >= since) writesPerPod[name] = (writesPerPod[name] ?? 0) + 1;
  }
  for (const [name, writes] of Object.entries(writesPerPod).sort()) tell(`${name}: ${writes} writes of the controller`);
  return { before, after, writesPerPod };
}

/** When the first update was asked for, in milliseconds: what the controller wrote before was to start the pods. */
function firstUpdate(controlPlane: ControlPlane): number {
  const asked = controlPlane
    .auditLog()
    .filter(({ user, resource, name }) => user === 'operator' && resource === 'gamestatefulsets' && name === NAME);
  return Date.parse(asked[1]?.time ?? '');
}

/** What the status says, each sentence once in a row. */
class Sentences {
  private last = '';

  constructor(private readonly tell: (line: string) => void) {}

  saw(message = ''): void {
    if (message === this.last || message === '') return;
    this.last = message;
    this.tell(`status: ${message}`);
  }
}
