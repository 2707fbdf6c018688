import { randomBytes } from 'node:crypto';
import { hostname } from 'node:os';
import { Health } from '../controller/health.js';
import { HttpServer } from '../controller/http-server.js';
import { logTo, textOf, type Level } from '../controller/log.js';
import { pagesOf } from '../controller/pages.js';
import { Runtime } from '../controller/runtime.js';
import { systemClock as clock } from '../kube/clock.js';
import { countOption, connected, portOption, type ClusterOptions } from './cluster.js';
import { EXIT, type ExitCode } from './exit-codes.js';
import { VERSION } from './version.js';

export interface ControllerOptions extends ClusterOptions {
  readonly namespace?: string;
  readonly lease: boolean;
  readonly leaseName: string;
  readonly leaseNamespace?: string;
  readonly port: string;
  readonly host?: string;
  readonly workers: string;
  readonly logFormat: 'json' | 'logfmt';
  readonly logLevel: Level;
}

/** Runs the controllers until SIGTERM or SIGINT. A second signal ends the process at once. */
export async function runController(options: ControllerOptions): Promise<ExitCode> {
  const [workers, port] = [countOption('--workers', options.workers), portOption('--port', options.port)];
  const log = logTo({
    clock,
    write: (line) => process.stdout.write(line),
    format: options.logFormat,
    level: options.logLevel,
  });
  const connection = connected(options, (text) => log.warn('the server warns', { why: text }));
  const identity = `${process.env['POD_NAME'] ?? hostname()}_${randomBytes(4).toString('hex')}`;
  const { namespace, leaseNamespace = connection.namespace, leaseName } = options;
  const runtime = new Runtime({
    api: connection.api,
    clock,
    log,
    identity,
    workers,
    ...(options.lease && { lease: { namespace: leaseNamespace, name: leaseName } }),
    ...(namespace !== undefined && { namespace }),
  });
  const server = new HttpServer(
    pagesOf({ runtime, health: new Health(clock), version: VERSION, startedAt: clock.now() / 1000, usage }),
    (error) => log.error('http', { why: textOf(error) }),
  );
  const stopped = nextSignal();
  const listensOn = await server.listen(port, options.host);
  log.info('started', { version: VERSION, server: connection.server, namespace: namespace ?? '*', port: listensOn });
  runtime.start();
  log.info('stopping', { signal: await stopped });
  await runtime.stop();
  await server.close();
  await connection.close();
  log.info('stopped');
  return EXIT.done;
}

function usage(): { readonly cpu: number; readonly memory: number } {
  const { user, system } = process.cpuUsage();
  return { cpu: (user + system) / 1e6, memory: process.memoryUsage.rss() };
}

/** The next of the signals that ask for an orderly end; the one after it finds the system's own handling. */
function nextSignal(): Promise<string> {
  return new Promise((resolve) => {
    for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => resolve(signal));
  });
}
