import { under, type Path, type Problem } from '../api/problem.js';
import { suggest } from '../api/suggest.js';
import { checkEndpoint } from './endpoint.js';
import { parseJsonPath } from './jsonpath.js';
import type { ResultType } from './expression.js';
import { type HeaderSpec, type MetricSpec, type ProviderSpec } from './spec.js';

export const PROVIDERS = ['web', 'prometheus', 'kubernetes', 'exec'] as const;
export type ProviderName = (typeof PROVIDERS)[number];

const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'];
const BODYLESS = ['GET', 'HEAD'];
const CREDENTIAL_HEADERS = ['authorization', 'proxy-authorization', 'cookie', 'x-api-key', 'x-auth-token'];

/** The providers that a metric names; exactly one is right. */
export function providersOf(metric: MetricSpec): readonly ProviderName[] {
  const provider: ProviderSpec | undefined = metric.provider;
  return PROVIDERS.filter((name) => provider?.[name] !== undefined);
}

/** What a condition of this metric may look at. */
export function resultTypeOf(metric: MetricSpec): ResultType {
  const [name, second] = providersOf(metric);
  if (second !== undefined) return 'json';
  switch (name) {
    case 'web':
      return metric.provider?.web?.jsonPath === undefined ? 'none' : 'json';
    case 'prometheus':
      return 'number';
    case 'exec':
      return 'text';
    case 'kubernetes':
      return 'none';
    default:
      return 'json';
  }
}

/** Paths are relative to the metric. */
export function checkProvider(metric: MetricSpec): Problem[] {
  const names = providersOf(metric);
  const [name] = names;
  if (name === undefined) {
    return [{ path: ['provider'], message: 'the metric has no provider', hint: `set one of ${PROVIDERS.join(', ')}` }];
  }
  if (names.length > 1) {
    const message = `the metric has ${names.length} providers: ${names.join(' and ')}`;
    return [{ path: ['provider'], message, hint: 'make one metric of each' }];
  }
  const { web, prometheus, kubernetes, exec } = metric.provider ?? {};
  switch (name) {
    case 'web':
      return web ? under(['provider', 'web'], checkWeb(web)) : [];
    case 'prometheus':
      return prometheus ? under(['provider', 'prometheus'], checkPrometheus(prometheus)) : [];
    case 'kubernetes':
      return kubernetes ? under(['provider', 'kubernetes'], checkKubernetes(kubernetes)) : [];
    case 'exec':
      return exec ? under(['provider', 'exec'], checkExec(exec)) : [];
  }
}

function checkWeb(web: NonNullable<ProviderSpec['web']>): Problem[] {
  const problems = [...under(['url'], checkEndpoint(web.url, 'url', true)), ...checkHeaders(web.headers)];
  const method = web.method ?? 'GET';
  if (!METHODS.includes(method)) {
    const meant = suggest(method, METHODS);
    const hint = meant === undefined ? `use one of ${METHODS.join(', ')}` : `did you mean ${meant}?`;
    problems.push({ path: ['method'], message: `unknown method ${method}`, hint, value: method });
  } else if (BODYLESS.includes(method) && web.body !== undefined) {
    problems.push({
      path: ['body'],
      message: `a ${method} request has no body`,
      hint: 'set method: POST',
      missing: [['method']],
    });
  }
  if (web.jsonPath !== undefined) {
    const path = parseJsonPath(web.jsonPath);
    if ('message' in path) problems.push({ path: ['jsonPath'], ...path, value: web.jsonPath });
    else if (method === 'HEAD') {
      const message =
        'the answer to HEAD has no body for jsonPath to read, so that the metric can never become Successful';
      problems.push({ path: ['jsonPath'], message, hint: 'use GET, or remove jsonPath' });
    }
  }
  return problems;
}

function checkPrometheus(prometheus: NonNullable<ProviderSpec['prometheus']>): Problem[] {
  const problems = [
    ...under(['address'], checkEndpoint(prometheus.address, 'address', false)),
    ...checkHeaders(prometheus.headers),
  ];
  if (blank(prometheus.query)) {
    problems.push({ path: ['query'], message: 'query is empty', hint: 'for example sum(rate(errors_total[1m]))' });
  }
  return problems;
}

function checkKubernetes(kubernetes: NonNullable<ProviderSpec['kubernetes']>): Problem[] {
  const problems: Problem[] = [];
  if (kubernetes.function !== 'get' && kubernetes.function !== 'patch') {
    const message =
      kubernetes.function === undefined ? 'function is missing' : `unknown function ${kubernetes.function}`;
    problems.push({ path: ['function'], message, hint: 'use get or patch', value: kubernetes.function });
  }
  const fields = kubernetes.fields ?? [];
  if (fields.length === 0) {
    const hint = 'for example {path: metadata.annotations.drained, value: "true"}';
    problems.push({ path: ['fields'], message: 'there is no field to get or patch', hint });
  }
  for (const [index, { path, value }] of fields.entries()) {
    if (path === undefined || !/^metadata\.annotations\.[^.\s]/.test(path)) {
      const message = `path ${path ?? ''} is not an annotation`.replace('  ', ' ');
      problems.push({ path: ['fields', index, 'path'], message, hint: 'use metadata.annotations.<key>', value: path });
    }
    if (value === undefined) {
      const message = 'the field has no value';
      problems.push({
        path: ['fields', index],
        message,
        hint: 'set what the annotation must be, or becomes',
        severity: 'warning',
      });
    }
  }
  return problems;
}

function checkExec(exec: NonNullable<ProviderSpec['exec']>): Problem[] {
  const problems: Problem[] = [];
  if (blank(exec.container)) {
    problems.push({ path: ['container'], message: 'container is missing', hint: 'the name of a container of the pod' });
  }
  if (blank(exec.command?.[0])) {
    const hint = 'a list of words, no shell: ["/bin/drain", "--now"]';
    problems.push({ path: ['command'], message: 'command is missing', hint });
  }
  return problems;
}

function checkHeaders(headers: readonly HeaderSpec[] | undefined): Problem[] {
  return (headers ?? []).flatMap((header, index) => {
    const path: Path = ['headers', index];
    const key = header.key ?? '';
    const secret = header.valueFrom?.secretKeyRef;
    if (!/^[\w!#$%&'*+.^`|~-]+$/.test(key)) {
      return [
        {
          path: [...path, 'key'],
          message: `${JSON.stringify(key)} is not a header name`,
          hint: 'for example Authorization',
        },
      ];
    }
    if (header.value !== undefined && header.valueFrom !== undefined) {
      // Which of the two is the secret is not ours to guess: neither is shown.
      return [{ path, message: `header ${key} has both value and valueFrom`, hint: 'keep one of them' }];
    }
    if (header.value === undefined && header.valueFrom === undefined) {
      return [
        {
          path,
          message: `header ${key} has no value`,
          hint: 'set value, or valueFrom.secretKeyRef {name, key}',
          missing: [
            [...path, 'value'],
            [...path, 'valueFrom'],
          ],
        },
      ];
    }
    if (header.valueFrom !== undefined && (blank(secret?.name) || blank(secret?.key))) {
      const message = `header ${key} names no key of a Secret`;
      return [{ path: [...path, 'valueFrom'], message, hint: 'set secretKeyRef {name, key}' }];
    }
    if (header.value !== undefined && CREDENTIAL_HEADERS.includes(key.toLowerCase()) && !header.value.includes('{{')) {
      const message = `header ${key} carries a credential in plain text`;
      return [
        {
          path: [...path, 'value'],
          message,
          hint: 'use valueFrom.secretKeyRef {name, key}',
          severity: 'warning' as const,
        },
      ];
    }
    return [];
  });
}

const blank = (text: string | undefined) => text === undefined || text.trim() === '';
