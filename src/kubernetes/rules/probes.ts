import type { Fields } from '../fields.js';
import { headerName, portNumber, portNumberOrName } from './names.js';

const handlers = ['exec', 'httpGet', 'tcpSocket', 'grpc', 'sleep'];

/** Probes and lifecycle hooks of a container that keeps running. */
export function checkProbesAndHooks(container: Fields, gracePeriod: number): void {
  checkProbe(container.object('livenessProbe'), gracePeriod, { once: true });
  checkProbe(container.object('startupProbe'), gracePeriod, { once: true });
  const readiness = container.object('readinessProbe');
  checkProbe(readiness, gracePeriod, { once: false });
  if (readiness?.has('terminationGracePeriodSeconds')) {
    readiness.wrong(
      'terminationGracePeriodSeconds',
      'has no meaning for a readiness probe, which ends nothing: remove it',
    );
  }
  const lifecycle = container.object('lifecycle');
  if (!lifecycle) return;
  for (const hook of ['postStart', 'preStop']) {
    const handler = lifecycle.object(hook);
    if (handler) checkHandler(handler, gracePeriod);
  }
}

function checkProbe(probe: Fields | undefined, gracePeriod: number, { once }: { readonly once: boolean }): void {
  if (!probe) return;
  checkHandler(probe, gracePeriod);
  probe.notNegative('initialDelaySeconds', 'timeoutSeconds', 'periodSeconds', 'successThreshold', 'failureThreshold');
  const grace = probe.number('terminationGracePeriodSeconds');
  if (grace !== undefined && grace <= 0) probe.wrong('terminationGracePeriodSeconds', 'must be at least 1');
  const successes = probe.number('successThreshold') ?? 1;
  // 0 is "not given", which is 1.
  if (once && successes > 1) probe.wrong('successThreshold', 'must be 1 for liveness and startup probes');
}

function checkHandler(handler: Fields, gracePeriod: number): void {
  const given = handlers.filter((name) => handler.has(name));
  if (given.length === 0) {
    handler.wrongHere('does nothing: give one of exec, httpGet, tcpSocket or grpc');
    return;
  }
  for (const extra of given.slice(1)) handler.wrong(extra, `stands beside ${given[0]}: give one of the two`);
  const exec = handler.object('exec');
  if (exec && exec.list('command').length === 0)
    exec.wrong('command', 'is missing: give the program and its arguments');
  const http = handler.object('httpGet');
  if (http) {
    checkPort(http);
    for (const header of http.objects('httpHeaders')) {
      const wrong = headerName(header.text('name'));
      if (wrong !== undefined) header.wrong('name', wrong);
    }
  }
  const tcp = handler.object('tcpSocket');
  if (tcp) checkPort(tcp);
  const grpc = handler.object('grpc');
  if (grpc) {
    const wrong = portNumber(grpc.number('port') ?? 0);
    if (wrong !== undefined) grpc.wrong('port', wrong);
  }
  const seconds = handler.object('sleep')?.number('seconds') ?? 0;
  if (handler.has('sleep') && (seconds < 0 || seconds > gracePeriod)) {
    handler.wrong('sleep', `must last from 0 to terminationGracePeriodSeconds, which is ${gracePeriod}`);
  }
}

function checkPort(action: Fields): void {
  const wrong = portNumberOrName(action.value('port'));
  if (wrong !== undefined) action.wrong('port', wrong);
}
