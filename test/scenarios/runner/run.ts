import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { namespaces, serviceAccounts } from '../../../src/kube/resource.js';
import type { Cluster } from './cluster.js';
import type { Commands } from './command.js';
import { parseScenarios, runScenario, type Scenario } from './scenario.js';
import { Session } from './session.js';
import { watchUntil } from './watch-until.js';

const scenarios = fileURLToPath(new URL('..', import.meta.url));

/** All scenarios of a folder, in the order of its files. */
export function scenariosOf(folder: string, commands: Commands): Scenario[] {
  return readdirSync(join(scenarios, folder))
    .filter((name) => name.endsWith('.txt'))
    .sort()
    .flatMap((name) => {
      const content = readFileSync(join(scenarios, folder, name), 'utf8');
      return parseScenarios(`test/scenarios/${folder}/${name}`, content, commands);
    });
}

/** Runs a scenario in a namespace of its own, which stays: to remove one costs more than all that happens in it. */
export function runIn(cluster: Cluster, namespace: string, scenario: Scenario): Promise<void> {
  return runAs(new Session(cluster, namespace), scenario);
}

export async function runAs(session: Session, scenario: Scenario): Promise<void> {
  const { cluster, namespace } = session;
  try {
    await cluster.pass(
      (async () => {
        await cluster.api.create(namespaces, { metadata: { name: namespace } });
        await serviceAccountOf(cluster, namespace);
        await runScenario(scenario, session);
      })(),
    );
  } finally {
    session.end();
    if (process.env['GAMEZONE_SCENARIO_LOG'])
      process.stderr.write(`\n${scenario.title} (${scenario.file}:${scenario.number})\n${session.log.join('\n')}\n`);
  }
}

/** Without it no pod is admitted. */
async function serviceAccountOf(cluster: Cluster, namespace: string): Promise<void> {
  const store = await cluster.store(serviceAccounts);
  const isThere = (): boolean => store.get({ namespace, name: 'default' }) !== undefined;
  if (!(await watchUntil(store, cluster.clock, 20_000, isThere)))
    throw new Error(`namespace ${namespace} has no service account after 20 s`);
}

/** So many at a time, the others in the order in which they came. */
export class Lanes {
  private readonly waiting: (() => void)[] = [];

  constructor(private free: number) {}

  async run<T>(job: () => Promise<T>): Promise<T> {
    if (this.free > 0) this.free--;
    else await new Promise<void>((resolve) => this.waiting.push(resolve));
    try {
      return await job();
    } finally {
      const next = this.waiting.shift();
      if (next) next();
      else this.free++;
    }
  }
}
