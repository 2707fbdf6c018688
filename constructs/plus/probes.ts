import { isPlusObject, kubernetesSpelling } from './kubernetes-spelling.js';

/** A container of cdk8s-plus, as far as a probe looks at it. */
export interface IPlusContainer {
  /**
   * The first port of the container.
   *
   * @default - none
   */
  readonly portNumber?: number;
}

/** Probes of cdk8s-plus for `GameServiceProps.probes`. */
// eslint-disable-next-line @typescript-eslint/no-extraneous-class -- jsii has no functions
export class Probes {
  /**
   * A probe as Kubernetes spells it.
   *
   * @param probe a `Probe` of cdk8s-plus
   * @param container a `Container` of cdk8s-plus whose port is asked where the probe names none. A game service has no such
   * container, so that most probes name their port
   * @throws Error when this is no probe, and when neither probe nor container says which port is asked
   */
  public static fromPlus(probe: any, container?: IPlusContainer): any {
    if (!isPlusObject(probe))
      throw new Error(
        'Probes.fromPlus: this is no Probe of cdk8s-plus; write probes of other kinds as Kubernetes does',
      );
    return kubernetesSpelling(probe._toKube(new PortOf(container?.portNumber)));
  }

  private constructor() {
    // Nothing is ever made of this class.
  }
}

/** cdk8s-plus asks port 80 where nobody names a port. No game listens there, and the pod would never be ready. */
class PortOf {
  public constructor(private readonly known: number | undefined) {}

  public get portNumber(): number {
    if (this.known !== undefined) return this.known;
    throw new Error('Probes.fromPlus: the probe names no port; give it `port`, or hand over a container that has one');
  }
}
