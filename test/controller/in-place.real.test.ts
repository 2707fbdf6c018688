import { isReady } from '../../src/api/pod.js';
import type { EventObject } from '../../src/kube/event-object.js';
import { events } from '../../src/kube/resource.js';
import { gamezone, type Outcome } from '../cli/command-line.js';
import { describeControlPlane } from '../control-plane/suite.js';
import { until } from '../control-plane/until.js';
import { allReady, gateOf, imageOf, Lab, namesOf, namespace, uidsOf, type Acting } from './lab.js';

const name = 'zone1-game';
const V1 = 'registry.example/game:v1';
const V2 = 'registry.example/game:v2';

const zone = (image: string): string => `
apiVersion: gamezone.dev/v1alpha1
kind: GameZone
metadata:
  name: zone1
spec:
  gameZone:
    zoneId: 1
    serviceConfig:
      - type: game
        id: 1
        endId: 4
        image: ${image}
        args: ['run']
        ports: [{ name: game, port: 7000 }]
        update:
          type: InplaceUpdate
          rollingUpdate: { maxUnavailable: 1 }
          inPlaceUpdateStrategy: { gracePeriodSeconds: 4 }
`;

describeControlPlane(
  'a zone file, in place, on a real control plane',
  () => {
    let lab: Lab;
    let acting: Acting;

    beforeAll(async () => {
      lab = await Lab.start();
      acting = await lab.controller();
    });
    afterAll(async () => {
      if (process.env['SHOW']) process.stdout.write(acting.lines.join(''));
      await acting.runtime.stop();
      await lab.stop();
    });

    const synthesized = async (image: string): Promise<string> => {
      const { out, code, err } = await gamezone('synth', lab.file('zone.yaml', zone(image)), '--stdout');
      if (code !== 0) throw new Error(err);
      return out;
    };
    const rollout = (verb: 'get' | 'status', ...args: string[]): Promise<Outcome> =>
      gamezone('rollout', verb, ...args, '--kubeconfig', lab.controlPlane.kubeconfig);
    const told = async (about: string): Promise<readonly string[]> => {
      const { items } = await lab.api.list<EventObject>(events, { namespace });
      return items.filter(({ regarding }) => regarding.name === about).map(({ reason, note }) => `${reason}: ${note}`);
    };

    test('before the controller has seen it, nobody claims that it is done', async () => {
      const { code, err } = await rollout('status', 'zone1-game');
      expect([code, err]).toEqual([
        2,
        'there is no workload zone1-game in namespace default\n  right: there is none at all: name another namespace with -n\n',
      ]);
    });

    test('the zone becomes pods, and their gates open', async () => {
      lab.apply(await synthesized(V1));
      await until(async () => allReady(await lab.pods(name), 4), { within: 60_000 });
      const { code, out } = await rollout('status', name, '--wait', '--timeout', '1m');
      expect(code).toBe(0);
      expect(out.trimEnd().split('\n').at(-1)).toMatch(
        /^GameStatefulSet default\/zone1-game: Healthy: 4 pods run zone1-game-[0-9a-z]+$/,
      );
      expect(await lab.status(name)).toMatchObject({ replicas: 4, readyReplicas: 4, updatedReplicas: 4 });
      expect(namesOf(await lab.pods(name))).toEqual([1, 2, 3, 4].map((id) => `zone1-game-${id}`));
    });

    test('another image: gate, grace, patch, proof, gate; the same pods', async () => {
      const before = await lab.pods(name);
      lab.apply(await synthesized(V2));
      await until(async () => ((await lab.status(name)).targets ?? []).some(({ until: end }) => end !== undefined));

      const [status, { code, out }, { out: json }] = [
        await lab.status(name),
        await rollout('get', 'zone1/game'),
        await rollout('get', `gsts/${name}`, '-o', 'json'),
      ];
      expect(code).toBe(0);
      const lines = out.split('\n');
      expect(lines[0]).toBe('GameStatefulSet default/zone1-game: Progressing');
      expect(lines[1]).toBe(`  ${status.message}`);
      expect(lines.find((line) => line.includes('zone1-game-4'))).toBeDefined();
      const [top] = (JSON.parse(json) as { readonly pods: readonly object[] }).pods;
      expect(top).toMatchObject({
        ordinal: 4,
        stage: 'draining',
        ready: false,
        gate: 'closed',
        waitsFor: 'out of traffic',
      });
      expect(out).toMatch(/zone1-game-4 +\S+ +draining +no +closed +out of traffic, until \d\d:\d\d:\d\d UTC\n/);
      expect((await rollout('status', 'game')).code).toBe(3);

      await lab.healthy(name, 2);
      const after = await lab.pods(name);
      expect(uidsOf(after)).toEqual(uidsOf(before));
      expect(after.map(imageOf)).toEqual([V2, V2, V2, V2]);
      expect(after.every(isReady)).toBe(true);
      expect(after.map(gateOf)).toEqual(['True', 'True', 'True', 'True']);
      expect((await lab.child(name))?.spec.updateStrategy?.rollingUpdate?.partition).toBe(2147483647);
      for (const uid of uidsOf(after)) {
        const [old, next, ...others] = lab.model.oracle.instances(uid);
        expect([old!.image, next!.image, others]).toEqual([V1, V2, []]);
      }
    }, 120_000);

    test('the grace was given: no container ended within 4 s of its pod being out of traffic', () => {
      const writes = lab.controlPlane.auditLog().filter(({ resource }) => resource === 'pods');
      for (const id of [1, 2, 3, 4]) {
        const ofPod = writes.filter((event) => event.name === `zone1-game-${id}` && event.code === 200);
        const at = (isIt: (body: string, user: string) => boolean): number =>
          Date.parse(ofPod.find(({ body, user }) => isIt(JSON.stringify(body), user))!.time);
        const closed = at((body, user) => user === 'controller' && body.includes('UpdatePlanned'));
        const patched = at((body, user) => user === 'controller' && body.includes(V2));
        expect(patched - closed).toBeGreaterThanOrEqual(4000);
        // Gate, image, gate; and the one that opened it when it was new.
        expect(ofPod.filter(({ user }) => user === 'controller')).toHaveLength(4);
      }
    });

    test('it was told to whoever asks for events', async () => {
      await acting.runtime.current!.recorder.flush();
      const ofWorkload = await told(name);
      expect(ofWorkload).toContainEqual('SuccessfulCreate: there is none yet');
      expect(ofWorkload.filter((line) => line.startsWith('SuccessfulUpdatePodInPlace: '))).toHaveLength(4);
      expect(ofWorkload).toContainEqual(expect.stringMatching(/^Complete: Progressing is True/));
      const ofPod = await told('zone1-game-1');
      expect(ofPod).toContainEqual(expect.stringMatching(/^UpdatePlanned: out of traffic for 4 s, then updated to /));
      expect(ofPod).toContainEqual('UpdateVerified: zone1-game-1 runs its update');
    });

    test('what does not exist is said so, with what there is', async () => {
      const { code, err } = await rollout('get', 'zone1/gate');
      expect([code, err]).toEqual([
        2,
        'there is no workload zone1/gate in namespace default\n  right: there are zone1-game\n',
      ]);
      expect((await rollout('get', 'zone1/game/2')).out).not.toMatch(/zone1-game-3/);
      expect((await rollout('get', 'gd/zone1-game')).code).toBe(2);
      expect((await rollout('status', name, '--timeout', '5')).code).toBe(2);
    });

    test('while nobody acts on a change, the status says so and does not claim success', async () => {
      await acting.runtime.stop();
      lab.apply(await synthesized(V1));
      const { code, out } = await rollout('status', name);
      expect([code, out]).toEqual([
        3,
        'GameStatefulSet default/zone1-game: Unseen: the controller has seen generation 2 of 3: is it running?\n',
      ]);
      const waited = await rollout('status', name, '--wait', '--timeout', '1s');
      expect(waited.code).toBe(3);
      expect(waited.err).toMatch(/^gamezone: after 1s it is not done: the controller has seen generation 2 of 3/);
      expect(lab.errors).toEqual([]);
    });
  },
  ['own', 'kube-controller-manager', 'kube-scheduler'],
);
