import type { Duration } from 'cdk8s';
import type { MetricProvider } from './metric-provider.js';

/** What every metric has. */
export interface MetricConditions {
  /**
   * An expression over `result` that is true when all is well, such as `asInt(result) == 0`.
   *
   * @default - an answer is enough
   */
  readonly successCondition?: string;
  /**
   * An expression over `result` that is true when something is wrong. It wins over `successCondition`.
   *
   * @default - none
   */
  readonly failureCondition?: string;
  /**
   * How long after the start of the run the first measurement is taken; whole seconds.
   *
   * @default - at once
   */
  readonly initialDelay?: Duration;
  /**
   * How many Errors in a row are borne (no answer, a broken answer).
   *
   * @default 4
   */
  readonly consecutiveErrorLimit?: number;
}

/** A metric that is asked until it succeeds. */
export interface WaitUntilOptions extends MetricConditions {
  /** The time between two measurements; whole seconds. */
  readonly every: Duration;
  /** The time after which the run ends as Error; whole seconds. */
  readonly atMost: Duration;
  /**
   * How many successes in a row are needed.
   *
   * @default 1
   */
  readonly consecutiveSuccesses?: number;
}

/** A metric that is asked a fixed number of times. */
export interface CheckOptions extends MetricConditions {
  /**
   * How many measurements are taken.
   *
   * @default 1
   */
  readonly count?: number;
  /**
   * The time between two measurements; whole seconds.
   *
   * @default - none; needed when `count` is more than 1
   */
  readonly every?: Duration;
  /**
   * How many measurements may fail.
   *
   * @default 0
   */
  readonly failureLimit?: number;
  /**
   * How many measurements may be neither success nor failure.
   *
   * @default 0
   */
  readonly inconclusiveLimit?: number;
}

/** One question of a hook. */
export class HookMetric {
  /**
   * Asks again and again until the condition holds, for example until nobody plays on a pod. A measurement that fails
   * ends nothing; `atMost` does.
   *
   * @throws Error when it could never succeed: when `atMost` ends before the last success needed
   */
  public static waitUntil(name: string, provider: MetricProvider, options: WaitUntilOptions): HookMetric {
    const { every, atMost, consecutiveSuccesses = 1, initialDelay } = options;
    const place = `HookMetric.waitUntil(${JSON.stringify(name)})`;
    if (!Number.isInteger(consecutiveSuccesses) || consecutiveSuccesses < 1)
      throw new Error(`${place}: consecutiveSuccesses is ${consecutiveSuccesses}; use a whole number of at least 1`);
    if (every.toSeconds() < 1) throw new Error(`${place}: every is less than a second`);
    const earliest = (initialDelay?.toSeconds() ?? 0) + (consecutiveSuccesses - 1) * every.toSeconds();
    if (atMost.toSeconds() <= earliest)
      throw new Error(
        `${place}: it succeeds after ${earliest} s at the earliest, and atMost ends it after ${atMost.toSeconds()} s`,
      );
    return new HookMetric(
      {
        name,
        interval: `${every.toSeconds()}s`,
        ...(consecutiveSuccesses === 1 ? { successfulLimit: 1 } : { consecutiveSuccessfulLimit: consecutiveSuccesses }),
        ...conditions(options),
        provider: provider._toProvider(),
      },
      atMost.toSeconds(),
    );
  }

  /**
   * Asks so many times; the run fails as soon as more measurements fail than may.
   *
   * @throws Error when it could never succeed: more failures allowed than measurements, or several without `every`
   */
  public static check(name: string, provider: MetricProvider, options: CheckOptions = {}): HookMetric {
    const { count = 1, every, failureLimit, inconclusiveLimit } = options;
    const place = `HookMetric.check(${JSON.stringify(name)})`;
    if (!Number.isInteger(count) || count < 1)
      throw new Error(`${place}: count is ${count}; use a whole number of at least 1`);
    if (count > 1 && !every) throw new Error(`${place}: ${count} measurements need \`every\``);
    if (failureLimit !== undefined && failureLimit > count)
      throw new Error(`${place}: failureLimit ${failureLimit} is more than its ${count} measurements`);
    return new HookMetric(
      {
        name,
        count,
        ...(every && { interval: `${every.toSeconds()}s` }),
        ...(failureLimit !== undefined && { failureLimit }),
        ...(inconclusiveLimit !== undefined && { inconclusiveLimit }),
        ...conditions(options),
        provider: provider._toProvider(),
      },
      undefined,
    );
  }

  private constructor(
    private readonly fields: Record<string, unknown>,
    private readonly seconds: number | undefined,
  ) {}

  /** @internal */
  public _toMetric(): Record<string, unknown> {
    return this.fields;
  }

  /**
   * After how many seconds the run that holds this metric ends, where the metric says so.
   *
   * @internal
   */
  public get _deadlineSeconds(): number | undefined {
    return this.seconds;
  }
}

const conditions = (options: MetricConditions): Record<string, unknown> => ({
  ...(options.successCondition !== undefined && { successCondition: options.successCondition }),
  ...(options.failureCondition !== undefined && { failureCondition: options.failureCondition }),
  ...(options.initialDelay && { initialDelay: `${options.initialDelay.toSeconds()}s` }),
  ...(options.consecutiveErrorLimit !== undefined && { consecutiveErrorLimit: options.consecutiveErrorLimit }),
});
