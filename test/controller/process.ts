import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { until } from '../control-plane/until.js';
import type { Lab } from './lab.js';

const ROOT = join(dirname(fileURLToPath(import.meta.url)), '../..');

/** `gamezone controller` as a process of its own, so that it can be killed. */
export class ControllerProcess {
  readonly lines: string[] = [];
  private readonly child: ChildProcess;
  private readonly exited: Promise<unknown>;

  constructor(lab: Lab, user: string, args: readonly string[] = []) {
    const kubeconfig = lab.controlPlane.as(user).kubeconfig;
    this.child = spawn(
      process.execPath,
      [
        ...['--import', 'tsx', join(ROOT, 'bin/gamezone.ts'), 'controller', '--kubeconfig', kubeconfig],
        ...['--port', '0', '--host', '127.0.0.1', '--lease-namespace', 'default', '--log-level', 'debug', ...args],
      ],
      { cwd: ROOT, stdio: ['ignore', 'pipe', 'pipe'] },
    );
    this.exited = once(this.child, 'exit');
    for (const stream of [this.child.stdout!, this.child.stderr!]) {
      let rest = '';
      stream.setEncoding('utf8').on('data', (text: string) => {
        const [last = '', ...lines] = (rest + text).split('\n').reverse();
        rest = last;
        this.lines.push(...lines.reverse());
      });
    }
  }

  /** The fields of the log's lines with this message. */
  said(message: string): readonly Record<string, unknown>[] {
    return this.lines.flatMap((line) => {
      if (!line.startsWith('{')) return [];
      const fields = JSON.parse(line) as Record<string, unknown>;
      return fields['msg'] === message ? [fields] : [];
    });
  }

  /** When it listens, leads or stands by. */
  async until(message: string): Promise<void> {
    await until(() => this.said(message).length > 0, {
      isHopeless: () => this.hasExited,
      failure: () => new Error(`it never said "${message}": ${this.lines.slice(-20).join('\n')}`),
    });
  }

  async ask(path: string): Promise<{ readonly status: number; readonly text: string }> {
    await this.until('started');
    const response = await fetch(`http://127.0.0.1:${String(this.said('started')[0]!['port'])}${path}`);
    return { status: response.status, text: await response.text() };
  }

  get hasExited(): boolean {
    return this.child.exitCode !== null || this.child.signalCode !== null;
  }

  /** Resolves with its exit code when it has ended. */
  async end(signal: NodeJS.Signals = 'SIGTERM'): Promise<number | null> {
    if (!this.hasExited) {
      this.child.kill(signal);
      await this.exited;
    }
    return this.child.exitCode;
  }

  suspend(): void {
    this.child.kill('SIGSTOP');
  }

  resume(): void {
    this.child.kill('SIGCONT');
  }
}
