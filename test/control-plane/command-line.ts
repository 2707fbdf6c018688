import { VERSIONS, type Version } from './pins.js';

export const USAGE = `usage: npm run control-plane -- [--version ${VERSIONS.join('|')}] [-- COMMAND [ARGUMENTS]]

Starts etcd, kube-apiserver, kube-controller-manager and kube-scheduler on loopback, runs COMMAND with KUBECONFIG and PATH set for
them, and ends with its exit code. Without a command it runs until Ctrl-C and prints what to export. Nothing is left behind.

  --version   newest (what CI runs on) or floor (the oldest that is supported). Default: GAMEZONE_KUBERNETES, else newest
  --help      this text
`;

/** What the command line asks for. */
export type Request =
  | { readonly kind: 'help' }
  | { readonly kind: 'wrong'; readonly problem: string }
  | { readonly kind: 'run'; readonly version?: Version; readonly command: readonly string[] };

export function parseCommandLine(args: readonly string[]): Request {
  const end = args.indexOf('--');
  const ours = end < 0 ? args : args.slice(0, end);
  const command = end < 0 ? [] : args.slice(end + 1);
  if (ours.includes('--help') || ours.includes('-h')) return { kind: 'help' };
  if (end >= 0 && command.length === 0) return wrong('There is no command after "--".');
  let version: Version | undefined;
  for (let index = 0; index < ours.length; index++) {
    const arg = ours[index]!;
    const [flag, inline] = arg.split('=', 2);
    if (flag !== '--version') return wrong(problemOf(arg));
    const value = inline ?? ours[++index];
    version = VERSIONS.find((known) => known === value);
    if (!version)
      return wrong(`--version is ${value === undefined ? 'empty' : `"${value}"`}; it can be ${VERSIONS.join(' or ')}.`);
  }
  return { kind: 'run', command, ...(version === undefined ? {} : { version }) };
}

function problemOf(arg: string): string {
  return arg.startsWith('-')
    ? `There is no option "${arg}".`
    : `"${arg}" is no option; a command stands after "--": npm run control-plane -- -- ${arg}`;
}

function wrong(problem: string): Request {
  return { kind: 'wrong', problem };
}
