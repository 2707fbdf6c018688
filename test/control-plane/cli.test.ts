import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { isAlive, type ProcessIdentity } from './process-identity.js';
import { removeLeftovers } from './run-folder.js';
import { describeControlPlane } from './suite.js';
import { until } from './until.js';

const cli = ['--import', 'tsx', fileURLToPath(new URL('cli.ts', import.meta.url))];

interface Running {
  readonly child: ChildProcess;
  readonly output: { text: string };
}

function start(program: string, args: readonly string[]): Running {
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  const output = { text: '' };
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => (output.text += text));
  return { child, output };
}

async function codeOf({ child }: Running): Promise<number | null> {
  const [code] = (await once(child, 'close')) as [number | null];
  return code;
}

/** The folder of a run that has printed its KUBECONFIG, and its processes by name. */
async function lookInto({ output }: Running): Promise<{ folder: string; processes: Map<string, ProcessIdentity> }> {
  const kubeconfig = (): string | undefined => /KUBECONFIG=(\S+)\n/.exec(output.text)?.[1];
  await until(() => kubeconfig() !== undefined, { failure: () => new Error(output.text) });
  const folder = dirname(kubeconfig()!);
  const files = readdirSync(folder).filter((name) => name.endsWith('.pid'));
  const identities = files.map((name) => {
    const [pid, birth] = readFileSync(join(folder, name), 'utf8').split(' ');
    return [name.replace('.pid', ''), { pid: Number(pid), birth: birth! }] as const;
  });
  return { folder, processes: new Map(identities) };
}

const parts = ['etcd', 'kube-apiserver', 'kube-controller-manager', 'kube-scheduler'];

test.each([['--verison'], ['--version', '1.30'], ['kubectl', 'get', 'pods']])('%j is refused', async (...args) => {
  const run = start(process.execPath, [...cli, ...args]);
  expect(await codeOf(run)).toBe(2);
  expect(run.output.text).toContain('usage: npm run control-plane');
});

describeControlPlane(
  'npm run control-plane',
  () => {
    test('a command has kubectl and a cluster, and its exit code is ours', async () => {
      const script = 'echo "KUBECONFIG=$KUBECONFIG"; kubectl get namespaces -o name; exit 7';
      const run = start(process.execPath, [...cli, '--', 'sh', '-c', script]);
      expect(await codeOf(run)).toBe(7);
      expect(run.output.text).toContain('namespace/kube-system\n');
      const folder = dirname(/KUBECONFIG=(\S+)\n/.exec(run.output.text)![1]!);
      expect(existsSync(folder)).toBe(false);
    });

    test('Ctrl-C leaves nothing', async () => {
      const run = start(process.execPath, cli);
      const { folder, processes } = await lookInto(run);
      expect([...processes.keys()].sort()).toEqual(parts);
      run.child.kill('SIGINT');
      expect(await codeOf(run)).toBe(0);
      expect([...processes.values()].filter(isAlive)).toEqual([]);
      expect(existsSync(folder)).toBe(false);
    });

    test('after kill -9 the parts are gone at once, and the next start removes the rest', async () => {
      const run = start(process.execPath, [...cli, '--', 'sh', '-c', 'echo "KUBECONFIG=$KUBECONFIG"; exec sleep 600']);
      const { folder, processes } = await lookInto(run);
      await until(() => existsSync(join(folder, 'command.pid')));
      const command = (await lookInto(run)).processes.get('command')!;
      run.child.kill('SIGKILL');
      await until(() => ![...processes].some(([name, one]) => name !== 'command' && isAlive(one)));
      expect(existsSync(folder)).toBe(true);
      expect(isAlive(command)).toBe(true);

      expect(await removeLeftovers()).toContain(folder);
      expect(isAlive(command)).toBe(false);
      expect(existsSync(folder)).toBe(false);
    });

    test('it does not outlive the npm that started it', async () => {
      const run = start('sh', ['-c', `${process.execPath} ${cli.join(' ')} & wait`]);
      const { folder, processes } = await lookInto(run);
      run.child.kill('SIGKILL');
      // Who is killed is still there for a moment.
      await until(() => !existsSync(folder) && ![...processes.values()].some(isAlive));
    });
  },
  ['own', 'kube-controller-manager', 'kube-scheduler'],
);
