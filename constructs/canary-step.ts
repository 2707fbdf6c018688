import type { Duration } from 'cdk8s';
import { _hookStep } from './hook-template.js';
import type { IHookTemplate } from './hook-template.js';

/** One step of a canary: how far the update goes, a pause, or a check that must agree. */
export class CanaryStep {
  /**
   * Updates pods until only this many (or this share) run the old version.
   *
   * @param kept a number of pods, or a percentage such as `50%`, rounded up
   */
  public static partition(kept: number | string): CanaryStep {
    const right = typeof kept === 'number' ? Number.isInteger(kept) && kept >= 0 : /^(100|[1-9]?\d)%$/.test(kept);
    if (!right)
      throw new Error(
        `CanaryStep.partition(${JSON.stringify(kept)}): use a number of pods or a percentage such as "50%"`,
      );
    return new CanaryStep({ partition: kept });
  }

  /** Waits until a person says go on. */
  public static pause(): CanaryStep {
    return new CanaryStep({ pause: {} });
  }

  /**
   * Waits for a while; health is checked again before the next step.
   *
   * @param duration whole seconds, at least one
   */
  public static pauseFor(duration: Duration): CanaryStep {
    const seconds = duration.toSeconds();
    if (seconds < 1)
      throw new Error(
        'CanaryStep.pauseFor: a pause has at least one second; use CanaryStep.pause() to wait for a person',
      );
    return new CanaryStep({ pause: { duration: seconds } });
  }

  /**
   * Runs a hook and goes on when it is Successful.
   *
   * @param template the check; it cannot use arguments of a pod, since there is none
   * @param args values of the template's arguments, by name. Default: those that the template declares
   */
  public static hook(template: IHookTemplate, args?: { [name: string]: string }): CanaryStep {
    return new CanaryStep({ hook: _hookStep(template, args) });
  }

  private constructor(private readonly step: Record<string, unknown>) {}

  /** @internal */
  public _toStep(): Record<string, unknown> {
    return this.step;
  }
}
