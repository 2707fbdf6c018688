import type { Fields } from '../fields.js';
import { checkDescendingPath } from './values.js';

const largestId = 2 ** 31 - 1;
const sysctl = /^([a-z0-9]([-_a-z0-9]*[a-z0-9])?[./])*([a-z0-9]([-_a-z0-9]*[a-z0-9])?)$/;

/** What both levels have: user, group and the profiles. */
function checkIdentity(context: Fields): void {
  for (const name of ['runAsUser', 'runAsGroup', 'fsGroup']) {
    const id = context.number(name);
    if (id !== undefined && (id < 0 || id > largestId)) context.wrong(name, `must be an id from 0 to ${largestId}`);
  }
  checkProfile(context.object('seccompProfile'), true);
  checkProfile(context.object('appArmorProfile'), false);
}

function checkProfile(profile: Fields | undefined, isPath: boolean): void {
  if (!profile) return;
  if (profile.text('type') === '') profile.wrong('type', 'is missing: use Localhost, RuntimeDefault or Unconfined');
  if (profile.text('type') === 'Localhost') {
    const path = profile.text('localhostProfile');
    if (!profile.has('localhostProfile') || (path === '' && !isPath)) {
      profile.wrong('localhostProfile', 'is missing: type Localhost needs the profile');
    } else if (isPath) checkDescendingPath(profile, 'localhostProfile');
    else if (path !== path.trim()) profile.wrong('localhostProfile', 'must not have spaces around it');
  } else if (profile.has('localhostProfile')) {
    profile.wrong('localhostProfile', 'is only used with type Localhost: remove it or set that type');
  }
}

export function checkContainerSecurity(container: Fields, hostUsers: boolean): void {
  const context = container.object('securityContext');
  if (!context) return;
  checkIdentity(context);
  if (hostUsers && context.text('procMount') === 'Unmasked') {
    context.wrong('procMount', 'may only be Unmasked in a pod with hostUsers: false');
  }
  if (context.value('allowPrivilegeEscalation') !== false) return;
  const added = context.object('capabilities')?.texts('add') ?? [];
  if (context.isTrue('privileged')) {
    context.wrongHere('has privileged: true and allowPrivilegeEscalation: false, which contradict: remove one');
  } else if (added.includes('CAP_SYS_ADMIN')) {
    context.wrongHere('adds CAP_SYS_ADMIN with allowPrivilegeEscalation: false, which contradict: remove one');
  }
}

export function checkPodSecurity(spec: Fields): void {
  checkHostProcess(spec);
  if (spec.isTrue('shareProcessNamespace') && spec.isTrue('hostPID')) {
    spec.wrong('shareProcessNamespace', 'and hostPID cannot both be true');
  }
  if (spec.value('hostUsers') === false) {
    for (const name of ['hostNetwork', 'hostPID', 'hostIPC']) {
      if (spec.isTrue(name)) spec.wrong(name, 'cannot be true in a pod with hostUsers: false');
    }
  }
  const context = spec.object('securityContext');
  if (!context) return;
  checkIdentity(context);
  context.oneOf('seLinuxChangePolicy', ['MountOption', 'Recursive']);
  for (const [index, id] of context.list('supplementalGroups').entries()) {
    if (typeof id === 'number' && (id < 0 || id > largestId)) {
      context.wrongElement('supplementalGroups', index, `must be an id from 0 to ${largestId}`);
    }
  }
  const seen = new Set<string>();
  for (const setting of context.objects('sysctls')) {
    const name = setting.text('name');
    if (name === '') setting.wrong('name', 'is missing: name the kernel parameter');
    else if (name.length > 253 || !sysctl.test(name))
      setting.wrong('name', `"${name}" is not a sysctl: write it like net.core.somaxconn`);
    else if (seen.has(name)) setting.wrong('name', `"${name}" is set twice`);
    seen.add(name);
    if (spec.isTrue('hostNetwork') && /^net[./]/.test(name))
      setting.wrong('name', `"${name}" cannot be set with hostNetwork: true`);
    if (spec.isTrue('hostIPC') && /^(kernel[./](shm|msg|sem)|fs[./]mqueue[./])/.test(name)) {
      setting.wrong('name', `"${name}" cannot be set with hostIPC: true`);
    }
  }
}

/** Containers that are processes of a Windows node have its network, and run beside no others. */
function checkHostProcess(spec: Fields): void {
  const ofPod = isHostProcess(spec);
  const containers = [...spec.objects('containers'), ...spec.objects('initContainers')];
  const asked = containers.map((container) => isHostProcess(container) ?? ofPod === true);
  if (!asked.some(Boolean)) return;
  if (!spec.isTrue('hostNetwork'))
    spec.wrong('hostNetwork', 'must be true in a pod with windowsOptions.hostProcess: true');
  for (const [index, container] of containers.entries()) {
    if (asked[index] !== true || (ofPod !== undefined && isHostProcess(container) === !ofPod))
      container.wrongHere('must have windowsOptions.hostProcess: true as the other containers of the pod have');
  }
}

function isHostProcess(of: Fields): boolean | undefined {
  const value = of.object('securityContext')?.object('windowsOptions')?.value('hostProcess');
  return typeof value === 'boolean' ? value : undefined;
}
