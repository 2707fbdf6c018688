import type { Field } from '../kind.js';

/** Every container of a scenario has this name, unless its text brings others. */
export const CONTAINER = 'app';

/** The fields of a pod, or of the template at `at`: the same words for both. */
export function podFields(at = ''): Readonly<Record<string, Field>> {
  return {
    image: `${at}spec.containers[name=${CONTAINER}].image`,
    initImage: `${at}spec.initContainers[name=init].image`,
    readinessGate: `${at}spec.readinessGates[0].conditionType`,
    schedulingGate: `${at}spec.schedulingGates[0].name`,
    grace: `${at}spec.terminationGracePeriodSeconds`,
    node: `${at}spec.nodeSelector[kubernetes.io/hostname]`,
    // What the modelled container does, in the kubelet's time.
    startup: `${at}metadata.annotations[scenario/startup]`,
    stop: `${at}metadata.annotations[scenario/stop]`,
    exit: `${at}metadata.annotations[scenario/exit]`,
  };
}

export function podSpec(): object {
  return { terminationGracePeriodSeconds: 10, containers: [{ name: CONTAINER, image: 'app:1' }] };
}

/** A template whose pods carry `app=<name>`, which is what their owner selects by. */
export function template(name: string): object {
  return { metadata: { labels: { app: name } }, spec: podSpec() };
}
