import type { Health, Vitals } from './health.js';
import type { Answer, Pages } from './http-server.js';
import { CONTENT_TYPE, expositionOf } from './metrics/exposition.js';
import {
  processFamilies,
  queueFamilies,
  recorderFamilies,
  reflectorFamilies,
  workloadFamilies,
} from './metrics/state-metrics.js';
import type { Runtime } from './runtime.js';

export interface PagesOptions {
  readonly runtime: Pick<Runtime, 'vitals' | 'current' | 'metrics'>;
  readonly health: Health;
  readonly version: string;
  /** Seconds since 1970. */
  readonly startedAt: number;
  /** Processor time in seconds, memory in bytes. */
  readonly usage: () => { readonly cpu: number; readonly memory: number };
}

/** What the probes of Kubernetes and Prometheus ask for. */
export function pagesOf({ runtime, health, version, startedAt, usage }: PagesOptions): Pages {
  const verdict = (problems: readonly string[]): Answer =>
    problems.length === 0 ? { status: 200, body: 'ok\n' } : { status: 503, body: `${problems.join('\n')}\n` };
  const metrics = (vitals: Vitals): string => {
    const { current } = runtime;
    return expositionOf([
      ...processFamilies({ version, leads: vitals.leads, startedAt, ...usage() }),
      ...runtime.metrics.families,
      ...(vitals.work
        ? [...queueFamilies(vitals.work.queue, 'gamestatefulset'), ...reflectorFamilies(vitals.work.reflectors)]
        : []),
      ...(current
        ? [
            ...workloadFamilies(current.controller.watcher.stores.workloads),
            ...recorderFamilies(current.recorder.metrics),
          ]
        : []),
    ]);
  };
  return {
    '/healthz': () => verdict(health.stuck(runtime.vitals)),
    '/readyz': () => verdict(health.unready(runtime.vitals)),
    '/metrics': () => ({ status: 200, body: metrics(runtime.vitals), contentType: CONTENT_TYPE }),
  };
}
