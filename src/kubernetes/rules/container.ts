import type { Fields } from '../fields.js';
import { checkEnvironment } from './environment.js';
import { dnsLabel, portName, portNumber } from './names.js';
import { checkMounts } from './mounts.js';
import { checkProbesAndHooks } from './probes.js';
import { checkResources } from './resources.js';
import { checkContainerSecurity } from './security.js';

export interface PodContext {
  /** Names of the volumes that are sound, and whether each is a claim (only those can be block devices). */
  readonly volumes: ReadonlyMap<string, { readonly isClaim: boolean }>;
  readonly resourceClaims: ReadonlySet<string>;
  readonly restartPolicy: string;
  readonly gracePeriod: number;
  readonly hostUsers: boolean;
  readonly hostNetwork: boolean;
  /** A pod itself; a template is allowed a little more, since it was allowed it once. */
  readonly isPod: boolean;
}

/** Not allowed in an ephemeral container, which is added to a pod that already runs. */
const notEphemeral = [
  'ports',
  'resources',
  'livenessProbe',
  'readinessProbe',
  'startupProbe',
  'lifecycle',
  'resizePolicy',
];

/** Containers, init containers and ephemeral containers of a pod: each by itself, and what must be unique among them. */
export function checkContainers(spec: Fields, pod: PodContext): void {
  const containers = spec.objects('containers');
  if (containers.length === 0) spec.wrong('containers', 'is empty: a pod needs at least one container');
  const names = new Set<string>();
  const hostPorts = new Set<string>();
  for (const container of containers) {
    checkContainer(container, pod);
    checkUniqueName(container, names);
    checkProbesAndHooks(container, pod.gracePeriod);

    checkHostPorts(container, hostPorts, pod.hostNetwork);
  }
  for (const container of spec.objects('initContainers')) {
    checkContainer(container, pod);
    checkUniqueName(container, names);
    checkHostPorts(container, new Set(), false);
    if (container.has('restartPolicy') && container.text('restartPolicy') !== 'Always') {
      container.wrong('restartPolicy', 'of an init container may only be Always (a sidecar), or be left out');
    }
    if (container.text('restartPolicy') === 'Always') checkProbesAndHooks(container, pod.gracePeriod);
    else {
      for (const name of ['lifecycle', 'livenessProbe', 'readinessProbe', 'startupProbe']) {
        if (container.has(name))
          container.wrong(name, 'may not be set on an init container without restartPolicy: Always');
      }
    }
  }
  const targets = new Set(names);
  for (const container of spec.objects('ephemeralContainers')) {
    checkContainer(container, { ...pod, isPod: true });
    checkUniqueName(container, names);
    for (const name of notEphemeral)
      if (container.has(name) && !isEmptyObject(container.value(name)))
        container.wrong(name, 'cannot be set on an ephemeral container');
    const target = container.text('targetContainerName');
    if (target !== '' && !targets.has(target))
      container.wrong('targetContainerName', `"${target}" is not a container of this pod`);
  }
}

/** As the server writes what nobody has set. */
function isEmptyObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null && Object.keys(value).length === 0;
}

function checkContainer(container: Fields, pod: PodContext): void {
  if (container.required('name', 'every container needs a name')) {
    const wrong = dnsLabel(container.text('name'));
    if (wrong !== undefined) container.wrong('name', wrong);
  }
  const image = container.text('image');
  if (image === '')
    container.wrong('image', 'is missing: name the image to run, such as registry.example.com/game:1.4.2');
  else if (pod.isPod && image !== image.trim()) container.wrong('image', 'has spaces around it: remove them');
  checkPorts(container);
  checkEnvironment(container);
  checkMounts(container, pod.volumes);
  checkResources(container);
  checkResourceClaims(container, pod.resourceClaims);
  checkContainerSecurity(container, pod.hostUsers);
  checkResizePolicy(container, pod.restartPolicy);
}

function checkUniqueName(container: Fields, names: Set<string>): void {
  const name = container.text('name');
  if (name === '') return;
  if (names.has(name)) container.wrong('name', `"${name}" names two containers of this pod: rename one`);
  names.add(name);
}

function checkPorts(container: Fields): void {
  const names = new Set<string>();
  for (const port of container.objects('ports')) {
    const name = port.text('name');
    if (name !== '') {
      const wrong = portName(name);
      if (wrong !== undefined) port.wrong('name', wrong);
      else if (names.has(name)) port.wrong('name', `"${name}" names two ports of this container: rename one`);
      names.add(name);
    }
    const wrong = portNumber(port.number('containerPort') ?? 0);
    if (wrong !== undefined) port.wrong('containerPort', wrong);
    const hostPort = port.number('hostPort') ?? 0;
    const wrongHostPort = hostPort === 0 ? undefined : portNumber(hostPort);
    if (wrongHostPort !== undefined) port.wrong('hostPort', wrongHostPort);
  }
}

/** Two containers cannot both have one port of the node. */
function checkHostPorts(container: Fields, taken: Set<string>, hostNetwork: boolean): void {
  for (const port of container.objects('ports')) {
    const given = port.number('hostPort') ?? 0;
    const inside = port.number('containerPort') ?? 0;
    if (hostNetwork && given !== 0 && given !== inside) {
      port.wrong('hostPort', `must be ${inside}, the containerPort, since hostNetwork is true`);
    }
    const hostPort = given;
    if (hostPort === 0) continue;
    const key = `${port.text('protocol') || 'TCP'}/${port.text('hostIP')}/${hostPort}`;
    if (taken.has(key)) port.wrong('hostPort', `${hostPort} is taken by another port of this pod: use another`);
    taken.add(key);
  }
}

function checkResourceClaims(container: Fields, known: ReadonlySet<string>): void {
  const seen = new Set<string>();
  for (const claim of container.object('resources')?.objects('claims') ?? []) {
    const name = claim.text('name');
    const key = `${name}/${claim.text('request')}`;
    if (name === '') claim.wrong('name', 'is missing: name one of spec.resourceClaims');
    else if (!known.has(name)) claim.wrong('name', `"${name}" is not one of spec.resourceClaims`);
    else if (seen.has(key)) claim.wrongHere(`names "${name}" twice`);
    seen.add(key);
  }
}

function checkResizePolicy(container: Fields, restartPolicy: string): void {
  const seen = new Set<string>();
  for (const policy of container.objects('resizePolicy')) {
    const resource = policy.text('resourceName');
    if (!['cpu', 'memory'].includes(resource)) policy.wrong('resourceName', 'must be cpu or memory');
    else if (seen.has(resource)) policy.wrongHere(`says twice what to do about ${resource}`);
    seen.add(resource);
    const action = policy.text('restartPolicy');
    if (!['NotRequired', 'RestartContainer'].includes(action))
      policy.wrong('restartPolicy', 'must be NotRequired or RestartContainer');
    else if (restartPolicy === 'Never' && action !== 'NotRequired') {
      policy.wrong('restartPolicy', 'must be NotRequired in a pod with restartPolicy: Never');
    }
  }
}
