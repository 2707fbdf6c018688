import { describe, expect, test } from '@jest/globals';
import type { Container, PodSpec, PodTemplateSpec } from '../../src/api/kubernetes.js';
import { diffTemplates } from '../../src/rollout/diff.js';
import { reservedIn } from '../../src/rollout/reserved.js';

const game: Container = { name: 'game', image: 'game:1' };
const log: Container = { name: 'log', image: 'log:1' };
const proxy: Container = { name: 'proxy', image: 'proxy:1', restartPolicy: 'Always' };
const setup: Container = { name: 'setup', image: 'setup:1' };
const annotation = { name: 'RELEASE', valueFrom: { fieldRef: { fieldPath: "metadata.annotations['release']" } } };
const label = { name: 'TEAM', valueFrom: { fieldRef: { fieldPath: "metadata.labels['team']" } } };

const template = (spec: PodSpec, metadata: PodTemplateSpec['metadata'] = {}): PodTemplateSpec => ({ metadata, spec });
const of = (...containers: Container[]) => template({ containers });

/** The kind, and what would be changed or why it cannot be. */
function told(from: PodTemplateSpec, to: PodTemplateSpec, selectorKeys?: ReadonlySet<string>): string {
  const diff = diffTemplates(from, to, selectorKeys);
  switch (diff.kind) {
    case 'none':
      return 'none';
    case 'recreate':
      return `recreate ${diff.reasons.map(({ path }) => path).join(', ')}`;
    default: {
      const parts = Object.entries(diff.change).flatMap(([what, changes]) => {
        const pairs = Object.entries(changes as Record<string, string | null>).map(([key, value]) => `${key}=${value}`);
        return pairs.length > 0 ? [`${what} ${pairs.join(' ')}`] : [];
      });
      return [diff.kind, ...parts].join(', ');
    }
  }
}

describe('in place', () => {
  test.each<[what: string, from: PodTemplateSpec, to: PodTemplateSpec, told: string]>([
    ['an image', of(game), of({ ...game, image: 'game:2' }), 'inPlace, images game=game:2'],
    [
      'two images of three',
      of(game, log, { name: 'x', image: 'x:1' }),
      of({ ...game, image: 'game:2' }, { ...log, image: 'log:2' }, { name: 'x', image: 'x:1' }),
      'inPlace, images game=game:2 log=log:2',
    ],
    [
      'a native sidecar',
      template({ containers: [game], initContainers: [proxy] }),
      template({ containers: [game], initContainers: [{ ...proxy, image: 'proxy:2' }] }),
      'inPlace, sidecars proxy=proxy:2',
    ],
    [
      'an image, a label and an annotation that nobody reads',
      template({ containers: [game] }, { labels: { a: '1' } }),
      template({ containers: [{ ...game, image: 'game:2' }] }, { labels: { a: '2' }, annotations: { b: '1' } }),
      'inPlace, images game=game:2, labels a=2, annotations b=1',
    ],
    [
      'an annotation together with the image of its reader',
      template({ containers: [{ ...game, env: [annotation] }] }, { annotations: { release: '1' } }),
      template({ containers: [{ ...game, image: 'game:2', env: [annotation] }] }, { annotations: { release: '2' } }),
      'inPlace, images game=game:2, annotations release=2',
    ],
    [
      'a plain init container beside an image',
      template({ containers: [game], initContainers: [setup] }),
      template({ containers: [{ ...game, image: 'game:2' }], initContainers: [{ ...setup, image: 'setup:2' }] }),
      'inPlace, images game=game:2, initImages setup=setup:2',
    ],
  ])('%s', (_, from, to, expected) => {
    expect(told(from, to)).toBe(expected);
  });
});

describe('metadata', () => {
  test.each<[what: string, from: PodTemplateSpec, to: PodTemplateSpec, told: string]>([
    [
      'a label',
      template({ containers: [game] }, { labels: { a: '1' } }),
      template({ containers: [game] }, { labels: { a: '2' } }),
      'metadata, labels a=2',
    ],
    [
      'one that goes',
      template({ containers: [game] }, { labels: { a: '1' }, annotations: { b: '1' } }),
      of(game),
      'metadata, labels a=null, annotations b=null',
    ],
    [
      'a plain init container',
      template({ containers: [game], initContainers: [setup] }),
      template({ containers: [game], initContainers: [{ ...setup, image: 'setup:2' }] }),
      'metadata, initImages setup=setup:2',
    ],
    [
      'readiness gates',
      of(game),
      template({ containers: [game], readinessGates: [{ conditionType: 'InPlaceUpdateReady' }] }),
      'metadata',
    ],
    ['scheduling gates', template({ containers: [game], schedulingGates: [{ name: 'a' }] }), of(game), 'metadata'],
    ['finalizers', of(game), template({ containers: [game] }, { finalizers: ['example.com/a'] }), 'metadata'],
    [
      'an annotation that a plain init container reads',
      template(
        { containers: [game], initContainers: [{ ...setup, env: [annotation] }] },
        { annotations: { release: '1' } },
      ),
      template(
        { containers: [game], initContainers: [{ ...setup, env: [annotation] }] },
        { annotations: { release: '2' } },
      ),
      'metadata, annotations release=2',
    ],
  ])('%s', (_, from, to, expected) => {
    expect(told(from, to)).toBe(expected);
  });
});

describe('nothing', () => {
  test.each<[what: string, from: PodTemplateSpec, to: PodTemplateSpec]>([
    ['the same', of(game, log), of(game, log)],
    [
      'empty lists spelled out',
      of(game),
      template({ containers: [{ ...game, env: [], ports: null }], volumes: [] }, { labels: {} }),
    ],
    ['an empty securityContext', of(game), template({ containers: [game], securityContext: {} })],
    ['an empty nodeSelector', template({ containers: [game], nodeSelector: {} }), of(game)],
    ['no readiness gates spelled out', template({ containers: [game], readinessGates: [] }), of(game)],
    [
      'what Kubernetes writes into each pod',
      template(
        { containers: [game] },
        { labels: { 'controller-revision-hash': 'zone-1' }, annotations: { 'inplace-update-state': '{}' } },
      ),
      of(game),
    ],
    [
      'names and times of a template',
      template({ containers: [game] }, { name: 'x', creationTimestamp: null }),
      of(game),
    ],
  ])('%s', (_, from, to) => {
    expect(told(from, to)).toBe('none');
  });
});

describe('recreate', () => {
  const affinity = (term: object): PodSpec => ({
    containers: [game],
    affinity: {
      podAntiAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [{ topologyKey: 'zone', ...term }] },
    },
  });
  test.each<[what: string, from: PodTemplateSpec, to: PodTemplateSpec, told: string]>([
    [
      'a variable',
      of({ ...game, env: [{ name: 'A', value: '1' }] }),
      of({ ...game, env: [{ name: 'A', value: '2' }] }),
      'recreate spec.containers[0].env[0].value',
    ],
    [
      'a variable beside a new image',
      of(game),
      of({ ...game, image: 'game:2', env: [{ name: 'A', value: '2' }] }),
      'recreate spec.containers[0].env',
    ],
    [
      'resources',
      of(game),
      of({ ...game, resources: { limits: { cpu: '1' } } }),
      'recreate spec.containers[0].resources',
    ],
    [
      'tolerations',
      of(game),
      template({ containers: [game], tolerations: [{ operator: 'Exists' }] }),
      'recreate spec.tolerations',
    ],
    [
      'a probe',
      of(game),
      of({ ...game, readinessProbe: { periodSeconds: 1 } }),
      'recreate spec.containers[0].readinessProbe',
    ],
    ['a container more', of(game), of(game, log), 'recreate spec.containers[1]'],
    ['a container less', of(game, log), of(game), 'recreate spec.containers[1]'],
    [
      'the order of containers',
      of(game, log),
      of(log, game),
      'recreate spec.containers[0].name, spec.containers[1].name',
    ],
    ['another name', of(game), of({ ...game, name: 'server' }), 'recreate spec.containers[0].name'],
    [
      'a sidecar that becomes a plain init container',
      template({ containers: [game], initContainers: [proxy] }),
      template({ containers: [game], initContainers: [{ name: 'proxy', image: 'proxy:1' }] }),
      'recreate spec.initContainers[0].restartPolicy',
    ],
    [
      'another volume',
      template({ containers: [game], volumes: [{ name: 'v', emptyDir: {} }] }),
      template({ containers: [game], volumes: [{ name: 'v', hostPath: { path: '/a' } }] }),
      'recreate spec.volumes[0].hostPath',
    ],
    [
      'a volume more',
      template({ containers: [game], volumes: [{ name: 'v' }] }),
      template({ containers: [game], volumes: [{ name: 'v' }, { name: 'w' }] }),
      'recreate spec.volumes[1]',
    ],
    [
      'an empty selector, which selects everything',
      template(affinity({})),
      template(affinity({ namespaceSelector: {} })),
      'recreate spec.affinity.podAntiAffinity.requiredDuringSchedulingIgnoredDuringExecution[0].namespaceSelector',
    ],
    [
      'an annotation whose reader keeps its image',
      template({ containers: [{ ...game, env: [annotation] }, log] }, { annotations: { release: '1' } }),
      template(
        {
          containers: [
            { ...game, env: [annotation] },
            { ...log, image: 'log:2' },
          ],
        },
        { annotations: { release: '2' } },
      ),
      'recreate metadata.annotations["release"] (read at spec.containers[0].env[0])',
    ],
    [
      'a label that goes, and is read',
      template({ containers: [{ ...game, env: [label] }] }, { labels: { team: 'red' } }),
      template({ containers: [{ ...game, env: [label] }] }),
      'recreate metadata.labels["team"] (read at spec.containers[0].env[0])',
    ],
    [
      'a label that a sidecar reads',
      template({ containers: [game], initContainers: [{ ...proxy, env: [label] }] }, { labels: { team: 'red' } }),
      template(
        { containers: [{ ...game, image: 'game:2' }], initContainers: [{ ...proxy, env: [label] }] },
        { labels: { team: 'blue' } },
      ),
      'recreate metadata.labels["team"] (read at spec.initContainers[0].env[0])',
    ],
    [
      'a reader that is new',
      template({ containers: [game] }, { labels: { team: 'red' } }),
      template({ containers: [{ ...game, env: [label] }] }, { labels: { team: 'red' } }),
      'recreate spec.containers[0].env',
    ],
  ])('%s', (_, from, to, expected) => {
    expect(told(from, to)).toBe(expected);
  });

  test('a label that the selector speaks of', () => {
    const [from, to] = ['red', 'blue'].map((team) => template({ containers: [game] }, { labels: { team, a: team } }));
    expect(told(from!, to!, new Set(['team']))).toBe('recreate metadata.labels["team"]');
    expect(told(from!, to!, new Set(['b']))).toBe('metadata, labels team=blue a=blue');
  });

  test('no more than five reasons', () => {
    const many = Object.fromEntries(Array.from({ length: 9 }, (_, index) => [`field${index}`, index]));
    expect(told(of(game), of({ ...game, ...many })).split(',')).toHaveLength(5);
  });
});

test('a change and its way back undo each other', () => {
  const one = template({ containers: [game], initContainers: [proxy, setup] }, { labels: { a: '1' } });
  const two = template(
    {
      containers: [{ ...game, image: 'game:2' }],
      initContainers: [
        { ...proxy, image: 'proxy:2' },
        { ...setup, image: 's:2' },
      ],
    },
    { annotations: { b: '1' } },
  );
  expect(told(one, two)).toBe(
    'inPlace, images game=game:2, sidecars proxy=proxy:2, initImages setup=s:2, labels a=null, annotations b=1',
  );
  expect(told(two, one)).toBe(
    'inPlace, images game=game:1, sidecars proxy=proxy:1, initImages setup=setup:1, labels a=1, annotations b=null',
  );
});

describe('reserved keys', () => {
  test.each<[what: string, metadata: PodTemplateSpec['metadata'], found: string | undefined]>([
    ['none', { labels: { app: 'zone' } }, undefined],
    ['no metadata', undefined, undefined],
    ['the revision', { labels: { 'controller-revision-hash': 'x' } }, 'metadata.labels.controller-revision-hash'],
    [
      'the name',
      { labels: { 'statefulset.kubernetes.io/pod-name': 'x' } },
      'metadata.labels["statefulset.kubernetes.io/pod-name"]',
    ],
    ['our state', { annotations: { 'inplace-update-state': '{}' } }, 'metadata.annotations.inplace-update-state'],
    ['a label of that name is free', { labels: { 'inplace-update-state': '{}' } }, undefined],
  ])('%s', (_, metadata, found) => {
    expect(reservedIn({ ...(metadata && { metadata }) })).toBe(found);
  });
});
