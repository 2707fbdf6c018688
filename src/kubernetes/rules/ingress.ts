import type { Fields } from '../fields.js';
import { dns1035Label, dnsSubdomain, pathSegment, portName, portNumber, wildcardSubdomain } from './names.js';
import { isIP } from './values.js';

const forbidden = ['//', '/./', '/../', '%2f', '%2F'];

export function checkIngress(object: Fields): void {
  const spec = object.objectOrEmpty('spec');
  const rules = spec.objects('rules');
  if (rules.length === 0 && !spec.has('defaultBackend'))
    spec.wrongHere('leads nowhere: give rules or a defaultBackend');
  const fallback = spec.object('defaultBackend');
  if (fallback) checkBackend(fallback);
  for (const rule of rules) {
    const host = rule.text('host');
    if (host !== '') {
      const wrong = isIP(host) ? `"${host}" is an address: use a DNS name` : hostProblem(host);
      if (wrong !== undefined) rule.wrong('host', wrong);
    }
    const http = rule.object('http');
    if (!http) continue;
    if (http.list('paths').length === 0) http.wrong('paths', 'is empty: give at least one path');
    for (const path of http.objects('paths')) checkPath(path);
  }
  for (const tls of spec.objects('tls')) {
    for (const [index, host] of tls.texts('hosts').entries()) {
      const wrong = hostProblem(host);
      if (wrong !== undefined) tls.wrongElement('hosts', index, wrong);
    }
    const secret = tls.text('secretName');
    const wrong = secret === '' ? undefined : dnsSubdomain(secret);
    if (wrong !== undefined) tls.wrong('secretName', wrong);
  }
  checkClass(object, spec);
}

function checkClass(object: Fields, spec: Fields): void {
  if (!spec.has('ingressClassName')) return;
  const wrong = dnsSubdomain(spec.text('ingressClassName'));
  if (wrong !== undefined) spec.wrong('ingressClassName', wrong);
  const annotations = new Map(object.objectOrEmpty('metadata').entries('annotations'));
  const old = annotations.get('kubernetes.io/ingress.class');
  if (old !== undefined && old !== spec.text('ingressClassName')) {
    spec.wrong(
      'ingressClassName',
      `differs from the annotation kubernetes.io/ingress.class, which is "${old}": remove the annotation`,
    );
  }
}

function hostProblem(host: string): string | undefined {
  return host.includes('*') ? wildcardSubdomain(host) : dnsSubdomain(host);
}

function checkPath(path: Fields): void {
  const text = path.text('path');
  const type = path.text('pathType');
  if (type === '') path.wrong('pathType', 'is missing: use Prefix, Exact or ImplementationSpecific');
  else if (type === 'ImplementationSpecific') {
    if (text !== '' && !text.startsWith('/')) path.wrong('path', 'must begin with "/"');
  } else {
    const sequence = forbidden.find((part) => text.includes(part));
    if (!text.startsWith('/')) path.wrong('path', 'must begin with "/"');
    else if (sequence !== undefined) path.wrong('path', `must not contain "${sequence}"`);
    else if (/\/\.\.?$/.test(text)) path.wrong('path', 'must not end with "/." or "/.."');
  }
  if (type !== '') checkBackend(path.objectOrEmpty('backend'));
}

function checkBackend(backend: Fields): void {
  const service = backend.object('service');
  const resource = backend.object('resource');
  if (service && resource) backend.wrongHere('has service and resource: give one of the two');
  else if (resource) {
    for (const name of ['kind', 'name']) {
      if (!resource.required(name, `give the ${name} of the resource`)) continue;
      const wrong = pathSegment(resource.text(name));
      if (wrong !== undefined) resource.wrong(name, wrong);
    }
  } else if (service) checkServiceBackend(service);
  else backend.wrongHere('leads nowhere: give a service');
}

function checkServiceBackend(service: Fields): void {
  if (service.required('name', 'name the Service')) {
    const wrong = dns1035Label(service.text('name'));
    if (wrong !== undefined) service.wrong('name', wrong);
  }
  const port = service.objectOrEmpty('port');
  const name = port.text('name');
  const number = port.number('number') ?? 0;
  if (name !== '' && number !== 0) service.wrong('port', 'has name and number: give one of the two');
  else if (name !== '') {
    const wrong = portName(name);
    if (wrong !== undefined) port.wrong('name', wrong);
  } else if (number === 0) service.wrong('port', 'is missing: give the name or the number of a port of the Service');
  else {
    const wrong = portNumber(number);
    if (wrong !== undefined) port.wrong('number', wrong);
  }
}
