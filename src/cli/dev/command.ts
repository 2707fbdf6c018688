import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { UserError } from '../../synth/user-error.js';

/** Runs a command with this kubeconfig, and the terminal of ours. Its exit code; as of a shell, 128 and its number for a signal. */
export function runCommand(
  [program = '', ...args]: readonly string[],
  kubeconfig: string,
  signal: AbortSignal,
): Promise<number> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { stdio: 'inherit', env: { ...process.env, KUBECONFIG: kubeconfig } });
    // A terminal tells the child of Ctrl-C itself; whoever ends only us means it too.
    signal.addEventListener('abort', () => child.kill('SIGTERM'), { once: true });
    child.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'ENOENT' && error.code !== 'EACCES') reject(error);
      else reject(new UserError(`${program}: this command cannot be run: ${error.code}`, { hint: 'is it in PATH?' }));
    });
    child.once('exit', (code, by) => resolve(code ?? 128 + (by === null ? 0 : constants.signals[by])));
  });
}
