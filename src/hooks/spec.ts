// What a person may have written as a HookTemplate or as a use of one. Everything is optional: the checks are total, and what the
// schema already refuses (a wrong JSON type, an unknown field) is not repeated here: `templateFrom` and `hookStepFrom` drop it at the edge.

export interface HookTemplateSpec {
  readonly policy?: string | undefined;
  readonly args?: readonly HookArgument[] | undefined;
  readonly metrics?: readonly MetricSpec[] | undefined;
  readonly deadlineSeconds?: number | undefined;
  readonly ttlSecondsAfterFinished?: number | undefined;
}

export interface HookArgument {
  readonly name?: string | undefined;
  readonly value?: string | undefined;
}

export interface MetricSpec {
  readonly name?: string | undefined;
  readonly interval?: string | number | undefined;
  readonly initialDelay?: string | number | undefined;
  readonly count?: number | undefined;
  readonly successCondition?: string | undefined;
  readonly failureCondition?: string | undefined;
  readonly failureLimit?: number | undefined;
  readonly successfulLimit?: number | undefined;
  readonly inconclusiveLimit?: number | undefined;
  readonly consecutiveErrorLimit?: number | undefined;
  readonly consecutiveSuccessfulLimit?: number | undefined;
  readonly provider?: ProviderSpec | undefined;
}

export interface ProviderSpec {
  readonly web?: WebSpec | undefined;
  readonly prometheus?: PrometheusSpec | undefined;
  readonly kubernetes?: KubernetesSpec | undefined;
  readonly exec?: ExecSpec | undefined;
}

export interface WebSpec {
  readonly url?: string | undefined;
  readonly method?: string | undefined;
  readonly headers?: readonly HeaderSpec[] | undefined;
  readonly body?: string | undefined;
  readonly timeoutSeconds?: number | undefined;
  readonly insecureSkipVerify?: boolean | undefined;
  readonly jsonPath?: string | undefined;
}

export interface HeaderSpec {
  readonly key?: string | undefined;
  readonly value?: string | undefined;
  readonly valueFrom?: { readonly secretKeyRef?: SecretKeyRef | undefined } | undefined;
}

export interface SecretKeyRef {
  readonly name?: string | undefined;
  readonly key?: string | undefined;
}

export interface SecretKeyRef {
  readonly name?: string | undefined;
  readonly key?: string | undefined;
}

export interface PrometheusSpec {
  readonly address?: string | undefined;
  readonly query?: string | undefined;
  readonly headers?: readonly HeaderSpec[] | undefined;
  readonly timeoutSeconds?: number | undefined;
}

export interface KubernetesSpec {
  readonly function?: string | undefined;
  readonly fields?: readonly { readonly path?: string | undefined; readonly value?: string | undefined }[] | undefined;
}

export interface ExecSpec {
  readonly container?: string | undefined;
  readonly command?: readonly string[] | undefined;
}

/** A HookStep: one use of a template by a workload. */
export interface HookStepSpec {
  readonly templateName?: string | undefined;
  readonly args?: readonly HookArgument[] | undefined;
  readonly onDeadline?: string | undefined;
}

/** A template in which every field is absent or of its type; null is absent, as it is to an API server. */
export function templateFrom(input: unknown): HookTemplateSpec {
  const { policy, args, metrics, deadlineSeconds, ttlSecondsAfterFinished } = fields(input);
  return {
    policy: text(policy),
    args: list(args, argumentFrom),
    metrics: list(metrics, metricFrom),
    deadlineSeconds: number(deadlineSeconds),
    ttlSecondsAfterFinished: number(ttlSecondsAfterFinished),
  };
}

/** The same for a HookStep. */
export function hookStepFrom(input: unknown): HookStepSpec {
  const { templateName, args, onDeadline } = fields(input);
  return { templateName: text(templateName), args: list(args, argumentFrom), onDeadline: text(onDeadline) };
}

function argumentFrom(input: unknown): HookArgument {
  const { name, value } = fields(input);
  // `value: 8080` is the schema's to refuse; to us it is not an argument without a value.
  return { name: text(name), value: value === undefined || value === null ? undefined : String(scalar(value)) };
}

function metricFrom(input: unknown): MetricSpec {
  const metric = fields(input);
  const { provider } = metric;
  return {
    name: text(metric.name),
    // A duration without a unit is often a bare number: told apart where durations are read.
    interval: text(metric.interval) ?? number(metric.interval),
    initialDelay: text(metric.initialDelay) ?? number(metric.initialDelay),
    successCondition: text(metric.successCondition),
    failureCondition: text(metric.failureCondition),
    count: number(metric.count),
    failureLimit: number(metric.failureLimit),
    successfulLimit: number(metric.successfulLimit),
    inconclusiveLimit: number(metric.inconclusiveLimit),
    consecutiveErrorLimit: number(metric.consecutiveErrorLimit),
    consecutiveSuccessfulLimit: number(metric.consecutiveSuccessfulLimit),
    provider: isObject(provider) ? providerFrom(provider) : undefined,
  };
}

function providerFrom(input: unknown): ProviderSpec {
  const { web, prometheus, kubernetes, exec } = fields(input);
  return {
    web: isObject(web) ? webFrom(web) : undefined,
    prometheus: isObject(prometheus) ? prometheusFrom(prometheus) : undefined,
    kubernetes: isObject(kubernetes) ? kubernetesFrom(kubernetes) : undefined,
    exec: isObject(exec) ? execFrom(exec) : undefined,
  };
}

function webFrom(input: unknown): WebSpec {
  const { url, method, headers, body, jsonPath } = fields(input);
  return {
    url: text(url),
    method: text(method),
    headers: list(headers, headerFrom),
    body: text(body),
    jsonPath: text(jsonPath),
  };
}

function headerFrom(input: unknown): HeaderSpec {
  const { key, value, valueFrom } = fields(input);
  const reference = fields(fields(valueFrom).secretKeyRef);
  const secretKeyRef = { name: text(reference.name), key: text(reference.key) };
  return { key: text(key), value: text(value), valueFrom: isObject(valueFrom) ? { secretKeyRef } : undefined };
}

function prometheusFrom(input: unknown): PrometheusSpec {
  const { address, query, headers } = fields(input);
  return {
    address: text(address),
    query: text(query),
    headers: list(headers, headerFrom),
  };
}

function kubernetesFrom(input: unknown): KubernetesSpec {
  const kubernetes = fields(input);
  const field = (item: unknown) => ({ path: text(fields(item).path), value: text(fields(item).value) });
  return { function: text(kubernetes.function), fields: list(kubernetes.fields, field) };
}

function execFrom(input: unknown): ExecSpec {
  const { container, command } = fields(input);
  return { container: text(container), command: list(command, (word) => text(word) ?? '') };
}

const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null;
const fields = (value: unknown): Readonly<Record<string, unknown>> => (isObject(value) ? { ...value } : {});
const text = (value: unknown) => (typeof value === 'string' ? value : undefined);
const number = (value: unknown) => (typeof value === 'number' ? value : undefined);
const scalar = (value: unknown) => (isObject(value) ? '' : value);
const list = <T>(value: unknown, read: (item: unknown) => T): T[] => (Array.isArray(value) ? value.map(read) : []);
