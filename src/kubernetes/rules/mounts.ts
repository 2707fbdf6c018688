import { suggest } from '../../api/suggest.js';
import type { Fields } from '../fields.js';
import { checkDescendingPath, checkNoBacksteps } from './values.js';

/** volumeMounts and volumeDevices of a container: each names a volume of the pod, and no two claim one place. */
export function checkMounts(container: Fields, volumes: ReadonlyMap<string, { readonly isClaim: boolean }>): void {
  const devices = container.objects('volumeDevices');
  const deviceNames = new Set(devices.map((device) => device.text('name')));
  const devicePaths = new Set(devices.map((device) => device.text('devicePath')));
  const paths = new Set<string>();
  for (const mount of container.objects('volumeMounts')) {
    checkVolumeName(mount, volumes);
    const path = mount.text('mountPath');
    if (path === '') mount.wrong('mountPath', 'is missing: say where the volume appears in the container');
    if (paths.has(path)) mount.wrong('mountPath', `"${path}" is mounted twice in this container: use another path`);
    paths.add(path);
    if (deviceNames.has(mount.text('name')))
      mount.wrong('name', 'is also one of volumeDevices: a volume is mounted or a device, not both');
    if (devicePaths.has(path)) mount.wrong('mountPath', 'is also the path of one of volumeDevices');
    if (mount.text('subPath') !== '') checkDescendingPath(mount, 'subPath');
    if (mount.text('subPathExpr') !== '') {
      if (mount.text('subPath') !== '') mount.wrong('subPathExpr', 'stands beside subPath: give one of the two');
      checkDescendingPath(mount, 'subPathExpr');
    }
    checkPropagation(mount, container);
  }
  const seenNames = new Set<string>();
  const seenPaths = new Set<string>();
  for (const device of devices) {
    const name = device.text('name');
    checkVolumeName(device, volumes);
    if (volumes.get(name)?.isClaim === false)
      device.wrong('name', `"${name}" is not a persistentVolumeClaim: only those can be devices`);
    if (seenNames.has(name)) device.wrong('name', `"${name}" is used twice`);
    if (name !== '') seenNames.add(name);
    const path = device.text('devicePath');
    if (path === '') device.wrong('devicePath', 'is missing: say where the device appears in the container');
    if (seenPaths.has(path)) device.wrong('devicePath', `"${path}" is used twice`);
    checkNoBacksteps(device, 'devicePath');
    seenPaths.add(path);
  }
}

function checkVolumeName(mount: Fields, volumes: ReadonlyMap<string, unknown>): void {
  const name = mount.text('name');
  if (volumes.has(name)) return;
  if (name === '') {
    mount.wrong('name', 'is missing: name one of the volumes of the pod');
    return;
  }
  const near = suggest(name, volumes.keys());
  const known = [...volumes.keys()].join(', ');
  const right =
    near !== undefined ? `did you mean ${near}?` : known === '' ? 'the pod has no volumes' : `its volumes are ${known}`;
  mount.wrong('name', `"${name}" is not a volume of this pod: ${right}`);
}

function checkPropagation(mount: Fields, container: Fields): void {
  const propagation = mount.text('mountPropagation');
  if (propagation === 'Bidirectional' && !container.object('securityContext')?.isTrue('privileged')) {
    mount.wrong('mountPropagation', 'may only be Bidirectional in a privileged container');
  }
  if (!mount.has('recursiveReadOnly')) return;
  const mode = mount.text('recursiveReadOnly');
  if (!['Disabled', 'IfPossible', 'Enabled'].includes(mode))
    mount.wrong('recursiveReadOnly', 'must be Disabled, IfPossible or Enabled');
  else if (mode !== 'Disabled' && !mount.isTrue('readOnly')) mount.wrong('recursiveReadOnly', 'needs readOnly: true');
  else if (mode !== 'Disabled' && mount.has('mountPropagation') && propagation !== 'None') {
    mount.wrong('recursiveReadOnly', 'needs mountPropagation None, or none at all');
  }
}
