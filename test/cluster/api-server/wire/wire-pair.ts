import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { crds } from '../../../../src/api/crds.js';
import { ApiServer } from '../../../../src/cluster/api-server/api-server.js';
import { HttpFace } from '../../../../src/cluster/api-server/http/face.js';
import { systemClock } from '../../../../src/kube/clock.js';
import type { KubeObject } from '../../../../src/kube/objects.js';
import { customResourceDefinitions } from '../../../../src/kube/resource.js';
import type { ControlPlane } from '../../../control-plane/control-plane.js';
import { startControlPlane } from '../../../control-plane/start.js';
import { installCrds } from '../../../verdicts/cluster.js';
import { differences } from '../differential/difference.js';
import { profileOf } from '../differential/profile-of.js';
import { WireClient } from './client.js';
import { play } from './play.js';
import type { WireRequest } from './request.js';
import { SAMPLES } from './samples.js';

const TOKEN = 'of-the-user';

/** A real API server and the embedded one, on ports: they are asked the same, and everything in their answers is compared. */
export class WirePair {
  private readonly errors: unknown[] = [];

  private constructor(
    private readonly controlPlane: ControlPlane,
    private readonly face: HttpFace,
    readonly real: WireClient,
    readonly ours: WireClient,
    readonly version: string,
    errors: unknown[],
  ) {
    this.errors = errors;
  }

  static async start(): Promise<WirePair> {
    const controlPlane = await startControlPlane({ parts: [], audit: 'off', users: ['user'] });
    await installCrds(controlPlane);
    const version = await profileOf(controlPlane);
    const server = new ApiServer({ clock: systemClock, serviceAccounts: false, version });
    const embedded = server.client('user');
    for (const { yaml } of await crds()) await embedded.create(customResourceDefinitions, parse(yaml) as KubeObject);
    const errors: unknown[] = [];
    const onError = (error: unknown): void => void errors.push(error);
    const face = await HttpFace.listen({ server, users: new Map([[TOKEN, 'user']]), onError });
    const { token = '' } = controlPlane.as('user');
    const real = new WireClient(controlPlane.url, readFileSync(controlPlane.authority!, 'utf8'), token);
    const ours = new WireClient(face.url, face.authority, TOKEN);
    for (const client of [real, ours]) await define(client);
    return new WirePair(controlPlane, face, real, ours, version, errors);
  }

  async stop(): Promise<void> {
    await Promise.all([this.real.close(), this.ours.close()]);
    await Promise.all([this.face.close(), this.controlPlane.stop()]);
    if (this.errors.length > 0) throw new AggregateError(this.errors, 'the embedded API server had errors of its own');
  }

  /** What the two disagree on, by script. */
  async disagreements(
    scripts: ReadonlyMap<string, readonly WireRequest[]>,
    lanes = 8,
  ): Promise<ReadonlyMap<string, readonly string[]>> {
    const found = new Map<string, readonly string[]>();
    const waiting = [...scripts];
    const lane = async (): Promise<void> => {
      for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
        const [name, requests] = next;
        const namespace = `wire-${name.replaceAll(/[^a-z0-9]+/g, '-')}`;
        const [real, ours] = await Promise.all([
          play(this.real, namespace, requests),
          play(this.ours, namespace, requests),
        ]);
        const lines = requests.flatMap((one, index) => {
          const apart = differences(real.normal[index], ours.normal[index]);
          if (apart.length === 0) return [];
          const answers = `real ${short(real.answers[index])}\n  ours ${short(ours.answers[index])}`;
          return [`${index + 1} ${one.method} ${one.path} ${short(one.body ?? '')}\n  ${answers}`, ...apart];
        });
        if (lines.length > 0) found.set(name, lines);
      }
    };
    await Promise.all(Array.from({ length: lanes }, lane));
    return found;
  }
}

const short = (value: unknown): string =>
  JSON.stringify(value).slice(0, Number(process.env['GAMEZONE_DIFFERENTIAL_LOG'] ?? 400));

/** The definition that has every part of a schema, served. */
async function define(client: WireClient): Promise<void> {
  const path = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';
  const { code, body } = await client.send({ method: 'POST', path, body: SAMPLES });
  if (code !== 201) throw new Error(`the definition of samples: ${code} ${JSON.stringify(body)}`);
  for (;;) {
    const list = await client.send({ method: 'GET', path: '/apis/example.com/v1/namespaces/default/samples' });
    const discovered = await client.send({ method: 'GET', path: '/apis/example.com/v1' });
    if (list.code === 200 && discovered.code === 200) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
