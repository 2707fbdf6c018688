import { Construct } from 'constructs';
import type { Duration } from 'cdk8s';
import { addObjects } from './objects.js';
import type { GameZone } from './game-zone.js';
import type { HookMetric } from './hook-metric.js';
import { added } from './spelled.js';
import type { AddedTemplate } from './spelled.js';

/** Settings of a hook. */
export interface HookTemplateProps {
  /** What is asked. All of it must succeed. */
  readonly metrics: HookMetric[];

  /**
   * Arguments with their values, by name; `{{ args.NAME }}` in an address, a query or a command becomes the value.
   * Arguments of the pod (`PodName`, `PodIP` and so on) need no declaration.
   *
   * @default - none
   */
  readonly args?: { [name: string]: string };

  /**
   * Whether a metric waits for the one before it.
   *
   * @default false - all run at once
   */
  readonly ordered?: boolean;

  /**
   * When a run ends as Error; whole seconds.
   *
   * @default - the longest `atMost` of the metrics, else 24 hours
   */
  readonly deadline?: Duration;

  /**
   * How long an ended run is kept; whole seconds.
   *
   * @default Duration.hours(1)
   */
  readonly keepRunsFor?: Duration;
}

/** A check that services and canary steps can name. */
export interface IHookTemplate {
  /** The name by which the zone's services refer to it. */
  readonly templateName: string;
}

/** A check that must agree before a pod is touched, or before a canary goes on. */
export class HookTemplate extends Construct implements IHookTemplate {
  /**
   * A HookTemplate that is declared elsewhere in the zone's namespace.
   *
   * @param zone the zone that uses it
   * @param id unused in the manifests; every construct has one
   * @param name the name of the object
   */
  public static fromName(zone: GameZone, id: string, name: string): IHookTemplate {
    const template = new (class extends Construct implements IHookTemplate {
      public readonly templateName = name;
    })(zone, id);
    zone._addHookTemplate(template, { name, judged: false });
    zone._spelled.add(template);
    return template;
  }

  /** The name by which the zone's services refer to it: the construct's id, where it is not read from a zone file. */
  public readonly templateName: string;

  /** @throws Error when it asks nothing, or a setting of a metric cannot be */
  public constructor(zone: GameZone, id: string, props: HookTemplateProps) {
    super(zone, id);
    const said = added<AddedTemplate>(props, () => ({ name: id, spec: templateSpec(this.node.path, props) }));
    this.templateName = said.name;
    const [object] = addObjects(this, zone, zone._addHookTemplate(this, said));
    if (object) this.node.defaultChild = object;
  }
}

/**
 * One use of a template.
 *
 * @internal
 */
export function _hookStep(template: IHookTemplate, args: { [name: string]: string } = {}): Record<string, unknown> {
  const given = Object.entries(args).map(([name, value]) => ({ name, value }));
  return { templateName: template.templateName, ...(given.length > 0 && { args: given }) };
}

const DAY_SECONDS = 24 * 3600;

function templateSpec(
  path: string,
  { metrics, args = {}, ordered, deadline, keepRunsFor }: HookTemplateProps,
): Record<string, unknown> {
  if (metrics.length === 0)
    throw new Error(`${path}: a hook without metrics asks nothing; give at least one HookMetric`);
  const longest = Math.max(0, ...metrics.map((metric) => metric._deadlineSeconds ?? 0));
  const declared = Object.entries(args).map(([name, value]) => ({ name, value }));
  return {
    ...(declared.length > 0 && { args: declared }),
    ...(ordered && { policy: 'Ordered' }),
    deadlineSeconds: deadline?.toSeconds() ?? (longest > 0 ? longest : DAY_SECONDS),
    ...(keepRunsFor && { ttlSecondsAfterFinished: keepRunsFor.toSeconds() }),
    metrics: metrics.map((metric) => metric._toMetric()),
  };
}
