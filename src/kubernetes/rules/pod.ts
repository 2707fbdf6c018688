import type { Fields } from '../fields.js';
import { checkContainers } from './container.js';
import { checkLabels } from './labels.js';
import { checkTemplateMetadata } from './metadata.js';
import { dnsLabel, dnsSubdomain, dnsSubdomainWithUnderscore } from './names.js';
import { checkOverhead, checkResources } from './resources.js';
import { checkScheduling } from './scheduling.js';
import { checkPodSecurity } from './security.js';
import { isIP } from './values.js';
import { checkVolumes } from './volumes.js';

export interface PodSpecOptions {
  /** The spec of a pod, not of a template. */
  readonly isPod?: boolean;
  readonly podName?: string;
  /** Volumes that a StatefulSet puts in, by name, in place of what the template says. */
  readonly claims?: ReadonlySet<string>;
  /** A StatefulSet sets hostname and subdomain itself, so what the template says there is never read. */
  readonly ignoreHostname?: boolean;
}

const defaultGracePeriod = 30;

export function checkPodSpec(spec: Fields, options: PodSpecOptions = {}): void {
  const { isPod = false, podName = '', claims = new Set<string>(), ignoreHostname = false } = options;
  const volumes = checkVolumes(spec, podName, claims);
  checkContainers(spec, {
    volumes,
    resourceClaims: checkResourceClaims(spec),
    restartPolicy: spec.text('restartPolicy'),
    gracePeriod: spec.number('terminationGracePeriodSeconds') ?? defaultGracePeriod,
    hostUsers: spec.value('hostUsers') !== false,
    hostNetwork: spec.isTrue('hostNetwork'),
    isPod,
  });
  checkResources(spec, { ofPod: true });
  checkOverhead(spec);
  checkLabels(spec, 'nodeSelector');
  checkPodSecurity(spec);
  checkScheduling(spec);
  checkDns(spec);
  checkNames(spec, ignoreHostname);
  for (const alias of spec.objects('hostAliases')) {
    if (!isIP(alias.text('ip'))) alias.wrong('ip', `"${alias.text('ip')}" is not an IP address`);
    for (const [index, host] of alias.texts('hostnames').entries()) {
      const wrong = dnsSubdomain(host);
      if (wrong !== undefined) alias.wrongElement('hostnames', index, wrong);
    }
  }
  const deadline = spec.number('activeDeadlineSeconds');
  if (deadline !== undefined && (deadline < 1 || deadline >= 2 ** 31))
    spec.wrong('activeDeadlineSeconds', 'must be from 1 to 2147483647');
  if (spec.text('nodeName') !== '' && spec.list('schedulingGates').length > 0) {
    spec.wrong('nodeName', 'chooses the node that schedulingGates still hold back: give one of the two');
  }
  const os = spec.object('os');
  if (os && !['linux', 'windows'].includes(os.text('name'))) os.wrong('name', 'must be linux or windows');
}

/** A pod template anywhere: labels, annotations and a pod that may be made many times. */
export function checkPodTemplate(template: Fields, options: PodSpecOptions = {}): void {
  const metadata = template.objectOrEmpty('metadata');
  checkTemplateMetadata(metadata);
  checkPodAnnotations(metadata);
  const spec = template.objectOrEmpty('spec');
  checkPodSpec(spec, options);
  if (spec.list('ephemeralContainers').length > 0) {
    spec.wrong('ephemeralContainers', 'may only be added to a pod that runs: remove them from the template');
  }
}

function checkDns(spec: Fields): void {
  const config = spec.object('dnsConfig');
  if (spec.text('dnsPolicy') === 'None') {
    if (!config) {
      spec.wrong('dnsConfig', 'is missing: dnsPolicy None needs it');
      return;
    }
    if (config.list('nameservers').length === 0)
      config.wrong('nameservers', 'is empty: dnsPolicy None needs at least one');
  }
  if (!config) return;
  const servers = config.texts('nameservers');
  if (servers.length > 3) config.wrong('nameservers', 'may have at most 3 addresses');
  for (const [index, server] of servers.entries()) {
    if (!isIP(server)) config.wrongElement('nameservers', index, `"${server}" is not an IP address`);
  }
  const searches = config.texts('searches');
  if (searches.length > 32) config.wrong('searches', 'may have at most 32 domains');
  else if (searches.join(' ').length > 2048) config.wrong('searches', 'may have at most 2048 characters together');
  for (const [index, search] of searches.entries()) {
    const wrong = search === '.' ? undefined : dnsSubdomainWithUnderscore(search.replace(/\.$/, ''));
    if (wrong !== undefined) config.wrongElement('searches', index, wrong);
  }
  for (const option of config.objects('options')) option.required('name', 'name the option');
}

function checkNames(spec: Fields, ignoreHostname: boolean): void {
  if (!ignoreHostname) {
    for (const name of ['hostname', 'subdomain']) {
      const wrong = spec.text(name) === '' ? undefined : dnsLabel(spec.text(name));
      if (wrong !== undefined) spec.wrong(name, wrong);
    }
  }
  // serviceAccount is the old name of serviceAccountName, and only read where that is not given.
  const account = spec.text('serviceAccountName') === '' ? 'serviceAccount' : 'serviceAccountName';
  for (const name of [account, 'nodeName', 'priorityClassName']) {
    const wrong = spec.text(name) === '' ? undefined : dnsSubdomain(spec.text(name));
    if (wrong !== undefined) spec.wrong(name, wrong);
  }
  if (spec.has('runtimeClassName')) {
    const wrong = dnsSubdomain(spec.text('runtimeClassName'));
    if (wrong !== undefined) spec.wrong('runtimeClassName', wrong);
  }
  if (spec.value('preemptionPolicy') === '')
    spec.wrong('preemptionPolicy', 'is empty: use PreemptLowerPriority or Never');
}

function checkResourceClaims(spec: Fields): ReadonlySet<string> {
  const names = new Set<string>();
  for (const claim of spec.objects('resourceClaims')) {
    const name = claim.text('name');
    if (claim.required('name', 'every resource claim needs a name')) {
      const wrong = dnsLabel(name);
      if (names.has(name)) claim.wrong('name', `"${name}" is given twice`);
      else if (wrong !== undefined) claim.wrong('name', wrong);
    }
    names.add(name);
    const sources = ['resourceClaimName', 'resourceClaimTemplateName'].filter((source) => claim.has(source));
    if (sources.length !== 1)
      claim.wrongHere('must have exactly one of resourceClaimName and resourceClaimTemplateName');
    for (const source of sources) {
      const wrong = dnsSubdomain(claim.text(source));
      if (wrong !== undefined) claim.wrong(source, wrong);
    }
  }
  return names;
}

const deletionCost = 'controller.kubernetes.io/pod-deletion-cost';

/** Annotations that Kubernetes reads. */
export function checkPodAnnotations(metadata: Fields): void {
  metadata.eachEntry('annotations', (key, cost) => {
    if (key !== deletionCost) return;
    const isNumber = /^(0|-?[1-9]\d*)$/.test(cost) && Math.abs(Number(cost)) <= 2 ** 31 - 1;
    if (!isNumber && cost !== '-2147483648')
      metadata.wrongEntry('annotations', key, 'must be a whole number of 32 bits');
  });
}
