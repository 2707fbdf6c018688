import type { Fields } from '../fields.js';
import { checkLabels } from './labels.js';
import { dnsLabel, dnsSubdomain, portNumber, portNumberOrName, qualifiedName } from './names.js';
import { isIP, isIPv4, parseCidr } from './values.js';

const types = ['ClusterIP', 'NodePort', 'LoadBalancer', 'ExternalName'];

export function checkService(object: Fields): void {
  const spec = object.objectOrEmpty('spec');
  const type = spec.text('type') || 'ClusterIP';
  const headless = spec.text('clusterIP') === 'None' || spec.texts('clusterIPs')[0] === 'None';
  const external = type === 'ExternalName';
  checkPorts(spec, type, { required: !headless && !external });
  checkLabels(spec, 'selector');
  checkAffinity(spec);
  if (external) checkExternalName(spec);
  else checkAddresses(spec, type, headless);
  // A misspelt type is reported as such; what follows from it would only confuse.
  if (types.includes(type)) {
    checkLoadBalancerFields(spec, type);
    checkTrafficPolicy(spec, type);
  }
  for (const [index, ip] of spec.texts('externalIPs').entries()) {
    if (!isIP(ip)) spec.wrongElement('externalIPs', index, `"${ip}" is not an IP address`);
    else if (/^(127\.|169\.254\.|224\.0\.0\.|0\.0\.0\.0$|::1?$|fe[89ab]|ff02)/i.test(ip)) {
      spec.wrongElement(
        'externalIPs',
        index,
        `"${ip}" is a loopback or link-local address, which nobody outside can reach`,
      );
    }
  }
}

function checkPorts(spec: Fields, type: string, { required }: { readonly required: boolean }): void {
  const ports = spec.objects('ports');
  if (ports.length === 0 && required) spec.wrong('ports', 'is empty: give at least one port, or clusterIP: None');
  const names = new Set<string>();
  const numbers = new Set<string>();
  const nodePorts = new Set<string>();
  for (const port of ports) {
    const name = port.text('name');
    const protocol = port.text('protocol') || 'TCP';
    if (name === '') {
      if (ports.length > 1) port.wrong('name', 'is missing: every port of a Service with several ports needs one');
    } else {
      const wrong = dnsLabel(name);
      if (wrong !== undefined) port.wrong('name', wrong);
      else if (names.has(name)) port.wrong('name', `"${name}" names two ports of this Service: rename one`);
      names.add(name);
    }
    const number = port.number('port') ?? 0;
    const wrong = portNumber(number);
    if (wrong !== undefined) port.wrong('port', wrong);
    const key = `${protocol}/${number}`;
    if (numbers.has(key)) port.wrongHere(`repeats ${protocol} port ${number}: every protocol and port may appear once`);
    numbers.add(key);
    checkTarget(port);
    if (port.has('appProtocol')) {
      const wrongProtocol = qualifiedName(port.text('appProtocol'));
      if (wrongProtocol !== undefined) port.wrong('appProtocol', wrongProtocol);
    }
    const nodePort = port.number('nodePort') ?? 0;
    if (nodePort === 0) continue;
    if (type === 'ClusterIP') port.wrong('nodePort', 'may only be given with type NodePort or LoadBalancer');
    else if (!isNodePort(nodePort)) port.wrong('nodePort', `${nodePort} is out of range: use 30000 to 32767`);
    if (nodePorts.has(`${protocol}/${nodePort}`)) port.wrong('nodePort', `${nodePort} is given twice`);
    nodePorts.add(`${protocol}/${nodePort}`);
  }
}

/** The range is a flag of the cluster; outside of the usual one hardly any cluster accepts a port. */
function isNodePort(port: number): boolean {
  return port >= 30000 && port <= 32767;
}

/** 0 and '' are "not given": the server fills in the port itself. */
function checkTarget(port: Fields): void {
  const target = port.value('targetPort');
  if (target === undefined || target === null || target === 0 || target === '') return;
  const wrong = portNumberOrName(target);
  if (wrong !== undefined) port.wrong('targetPort', wrong);
}

function checkAffinity(spec: Fields): void {
  const affinity = spec.text('sessionAffinity') || 'None';
  if (affinity === 'None') {
    // The server drops sessionAffinityConfig then.
    return;
  }
  const client = spec.object('sessionAffinityConfig')?.object('clientIP');
  const seconds = client?.number('timeoutSeconds');
  if (client && seconds !== undefined && (seconds < 1 || seconds > 86400))
    client.wrong('timeoutSeconds', 'must be from 1 to 86400');
}

function checkExternalName(spec: Fields): void {
  const name = spec.text('externalName').replace(/\.$/, '');
  const wrong = name === '' ? 'is missing: type ExternalName needs the DNS name to point to' : dnsSubdomain(name);
  if (wrong !== undefined) spec.wrong('externalName', wrong);
  for (const field of ['clusterIP', 'clusterIPs', 'ipFamilies', 'ipFamilyPolicy']) {
    if (
      spec.has(field) &&
      spec.value(field) !== '' &&
      !(Array.isArray(spec.value(field)) && spec.list(field).length === 0)
    ) {
      spec.wrong(field, 'may not be given with type ExternalName');
    }
  }
}

function checkAddresses(spec: Fields, type: string, headless: boolean): void {
  if (headless && (type === 'LoadBalancer' || type === 'NodePort')) {
    spec.wrong('clusterIP', `may not be None with type ${type}, which needs an address`);
  }
  const single = spec.text('clusterIP');
  const all = spec.texts('clusterIPs');
  if (all.length > 0 && single === '')
    spec.wrong('clusterIPs', 'must be left out, or clusterIP given as its first value');
  if (all.length > 0 && single !== '' && all[0] !== single)
    spec.wrong('clusterIPs', 'must have the value of clusterIP first');
  if (all.length > 2) spec.wrong('clusterIPs', 'may have at most 2 values');
  for (const [index, ip] of (all.length > 0 ? all : single === '' ? [] : [single]).entries()) {
    if (index === 0 && ip === 'None') {
      if (all.length > 1) spec.wrong('clusterIPs', 'may have no other value beside None');
    } else if (!isIP(ip)) {
      const message = `"${ip}" is not an IP address: use an address, None, or leave it out`;
      if (all.length > 0) spec.wrongElement('clusterIPs', index, message);
      else spec.wrong('clusterIP', message);
    }
  }
  const families = spec.texts('ipFamilies');
  for (const [index, family] of families.entries()) {
    if (!['IPv4', 'IPv6'].includes(family)) spec.wrongElement('ipFamilies', index, 'must be IPv4 or IPv6');
    else if (families.indexOf(family) !== index) spec.wrongElement('ipFamilies', index, `${family} is given twice`);
    else if (isIP(single) && index === 0 && (family === 'IPv4') !== isIPv4(single))
      spec.wrongElement('ipFamilies', 0, `is not the family of ${single}`);
  }
}

function checkLoadBalancerFields(spec: Fields, type: string): void {
  const balanced = type === 'LoadBalancer';
  const ranges = spec.texts('loadBalancerSourceRanges');
  if (ranges.length > 0 && !balanced)
    spec.wrong('loadBalancerSourceRanges', 'may only be given with type LoadBalancer');
  for (const [index, range] of ranges.entries()) {
    if (parseCidr(range.trim()) === undefined)
      spec.wrongElement('loadBalancerSourceRanges', index, `"${range}" is not a CIDR such as 10.0.0.0/8`);
  }
  for (const name of ['allocateLoadBalancerNodePorts', 'loadBalancerClass']) {
    if (spec.has(name) && !balanced) spec.wrong(name, 'may only be given with type LoadBalancer');
  }
  if (balanced && spec.has('loadBalancerClass')) {
    const wrong = qualifiedName(spec.text('loadBalancerClass'));
    if (wrong !== undefined) spec.wrong('loadBalancerClass', wrong);
  }
}

function checkTrafficPolicy(spec: Fields, type: string): void {
  const external = spec.text('externalTrafficPolicy');
  const reachable =
    type === 'LoadBalancer' || type === 'NodePort' || (type === 'ClusterIP' && spec.list('externalIPs').length > 0);
  if (external !== '' && !reachable)
    spec.wrong(
      'externalTrafficPolicy',
      'may only be given where traffic comes from outside: type NodePort or LoadBalancer',
    );
  const healthPort = spec.number('healthCheckNodePort') ?? 0;
  if (healthPort !== 0 && !(type === 'LoadBalancer' && external === 'Local')) {
    spec.wrong('healthCheckNodePort', 'may only be given with type LoadBalancer and externalTrafficPolicy: Local');
  } else if (healthPort !== 0 && !isNodePort(healthPort)) {
    spec.wrong('healthCheckNodePort', `${healthPort} is out of range: use 30000 to 32767`);
  }
  if (spec.has('trafficDistribution')) {
    // The two others are behind a feature gate that is on by default since 1.34.
    const allowed = ['PreferClose', 'PreferSameZone', 'PreferSameNode'];
    if (!allowed.includes(spec.text('trafficDistribution')))
      spec.wrong('trafficDistribution', `must be one of ${allowed.join(', ')}`);
  }
}
