import type { Duration } from 'cdk8s';
import type { INamed } from './credential.js';

/** What a metric of a hook asks: a WebRequest, a PrometheusQuery, a PodAnnotation or an ExecCommand. */
export abstract class MetricProvider {
  protected constructor(private readonly provider: { [field: string]: any }) {}

  /** @internal */
  public _toProvider(): Record<string, unknown> {
    return this.provider;
  }
}

/** A header whose value is a key of a Secret. */
export interface SecretHeader {
  /** The name of the header. */
  readonly header: string;
  /** The Secret, in the zone's namespace. */
  readonly secret: INamed;
  /** The key in the Secret. */
  readonly key: string;
}

/** Settings of a request. */
export interface WebRequestOptions {
  /**
   * What of the JSON answer becomes `result`, such as `{$.online}`.
   *
   * @default - the status alone decides
   */
  readonly jsonPath?: string;
  /**
   * Headers with plain values, by name.
   *
   * @default - none
   */
  readonly headers?: { [name: string]: string };
  /**
   * Headers whose values are secret.
   *
   * @default - none
   */
  readonly secretHeaders?: SecretHeader[];
  /**
   * The body. POST and PUT only.
   *
   * @default - none
   */
  readonly body?: string;
  /**
   * Whole seconds after which the request counts as an Error.
   *
   * @default Duration.seconds(10)
   */
  readonly timeout?: Duration;
  /**
   * Whether any certificate of the server will do.
   *
   * @default false
   */
  readonly insecureSkipVerify?: boolean;
}

/** Asks an HTTP endpoint; every status from 200 to 299 is an answer. `{{ args.PodIP }}` and its like are filled in. */
export class WebRequest extends MetricProvider {
  /** A GET request. */
  public static get(url: string, options: WebRequestOptions = {}): WebRequest {
    return new WebRequest(url, undefined, options);
  }

  /** A POST request. */
  public static post(url: string, options: WebRequestOptions = {}): WebRequest {
    return new WebRequest(url, 'POST', options);
  }

  private constructor(url: string, method: string | undefined, options: WebRequestOptions) {
    const { jsonPath, headers = {}, secretHeaders = [], body, timeout, insecureSkipVerify } = options;
    const all = headersOf(headers, secretHeaders);
    super({
      web: {
        url,
        ...(method !== undefined && { method }),
        ...(all.length > 0 && { headers: all }),
        ...(body !== undefined && { body }),
        ...(jsonPath !== undefined && { jsonPath }),
        ...(timeout && { timeoutSeconds: timeout.toSeconds() }),
        ...(insecureSkipVerify !== undefined && { insecureSkipVerify }),
      },
    });
  }
}

/** Settings of a query. */
export interface PrometheusQueryOptions {
  /**
   * Headers with plain values, by name.
   *
   * @default - none
   */
  readonly headers?: { [name: string]: string };
  /**
   * Headers whose values are secret.
   *
   * @default - none
   */
  readonly secretHeaders?: SecretHeader[];
  /**
   * Whole seconds after which the query counts as an Error.
   *
   * @default Duration.seconds(30)
   */
  readonly timeout?: Duration;
}

/** Asks Prometheus; a scalar is a number, a vector a list of numbers. */
export class PrometheusQuery extends MetricProvider {
  /**
   * An instant query.
   *
   * @param address the server, such as `http://prometheus:9090`
   * @param query PromQL; arguments are filled in
   */
  public static instant(address: string, query: string, options: PrometheusQueryOptions = {}): PrometheusQuery {
    return new PrometheusQuery(address, query, options);
  }

  private constructor(address: string, query: string, options: PrometheusQueryOptions) {
    const { headers = {}, secretHeaders = [], timeout } = options;
    const all = headersOf(headers, secretHeaders);
    super({
      prometheus: {
        address,
        query,
        ...(all.length > 0 && { headers: all }),
        ...(timeout && { timeoutSeconds: timeout.toSeconds() }),
      },
    });
  }
}

/** Reads or writes an annotation of the pod. */
export class PodAnnotation extends MetricProvider {
  /** Succeeds when the annotation has this value. */
  public static equals(key: string, value: string): PodAnnotation {
    return new PodAnnotation('get', key, value);
  }

  /** Sets the annotation. */
  public static set(key: string, value: string): PodAnnotation {
    return new PodAnnotation('patch', key, value);
  }

  private constructor(verb: string, key: string, value: string) {
    super({ kubernetes: { function: verb, fields: [{ path: `metadata.annotations.${key}`, value }] } });
  }
}

/** Runs a command in the pod; exit code 0 is success, standard output is `result`. */
export class ExecCommand extends MetricProvider {
  /**
   * A command.
   *
   * @param container the name of the container, which is the type of the service
   * @param command the program and its arguments; no shell takes part
   */
  public static inContainer(container: string, command: string[]): ExecCommand {
    if (command.length === 0) throw new Error('ExecCommand.inContainer: the command is empty');
    return new ExecCommand(container, command);
  }

  private constructor(container: string, command: string[]) {
    super({ exec: { container, command } });
  }
}

const headersOf = (plain: { [name: string]: string }, secret: readonly SecretHeader[]): object[] => [
  ...Object.entries(plain).map(([key, value]) => ({ key, value })),
  ...secret.map((one) => ({
    key: one.header,
    valueFrom: { secretKeyRef: { name: one.secret.name, key: one.key } },
  })),
];
