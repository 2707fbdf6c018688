import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync, closeSync, openSync, readFileSync } from 'node:fs';
import type { PartName } from './parts.js';
import type { RunFolder } from './run-folder.js';
import { until } from './until.js';

const readyWithin = 60_000;

export interface PartPlan {
  readonly name: PartName;
  readonly program: string;
  readonly args: readonly string[];
  readonly isWell: () => Promise<boolean>;
}

/** One process of a control plane, which can be killed and started again on the same port and with the same data. */
export class Part {
  public readonly name: PartName;
  /** The file with all that it has printed. */
  public readonly log: string;
  private child: ChildProcess | undefined;

  public constructor(
    private readonly plan: PartPlan,
    private readonly folder: RunFolder,
  ) {
    this.name = plan.name;
    this.log = folder.file(`${plan.name}.log`);
  }

  /** Undefined while it does not run. */
  public get pid(): number | undefined {
    const { child } = this;
    return child?.exitCode === null && child.signalCode === null ? child.pid : undefined;
  }

  /** Starts it and waits until it is well. @throws PartFailed */
  public async start(): Promise<void> {
    this.launch();
    await this.ready();
  }

  /** Starts it without waiting. */
  public launch(): void {
    if (this.pid !== undefined) throw new Error(`${this.name} runs already: kill() it first.`);
    const log = openSync(this.log, 'a');
    const child = spawn(this.plan.program, this.plan.args, {
      cwd: this.folder.path,
      // In a group of its own: a Ctrl-C is for the starter, who then ends its parts.
      detached: true,
      stdio: ['ignore', log, log],
      // Nothing else: etcd, for one, takes its settings from the environment too.
      env: { PATH: process.env['PATH'], HOME: this.folder.path, GAMEZONE_DIE_WITH: String(process.pid) },
    });
    closeSync(log);
    child.on('error', (error) => appendFileSync(this.log, `${error.message}\n`));
    // A test that forgets to stop it must not wait for it for ever.
    child.unref();
    if (child.pid !== undefined) this.folder.remember(this.name, child.pid);
    this.child = child;
  }

  /** Waits until it is well. @throws PartFailed when it has ended, or takes longer than a minute */
  public async ready(): Promise<void> {
    await until(() => this.plan.isWell(), {
      within: readyWithin,
      isHopeless: () => this.pid === undefined,
      failure: () => new PartFailed(this),
    });
  }

  /** As `kill -9` does: nothing is closed in order, nothing is saved. */
  public async kill(): Promise<void> {
    if (!this.child || this.pid === undefined) return;
    this.child.ref();
    const ended = once(this.child, 'exit');
    this.child.kill('SIGKILL');
    await ended;
  }

  /** Makes it hang: its connections stay open and nobody answers. */
  public suspend(): void {
    this.child?.kill('SIGSTOP');
  }

  /** Ends `suspend`. */
  public resume(): void {
    this.child?.kill('SIGCONT');
  }
}

/** A part that could not be started. */
export class PartFailed extends Error {
  /** Whether somebody else was faster to listen on its port. */
  public readonly isPortTaken: boolean;

  public constructor(part: Part) {
    const log = readFileSync(part.log, 'utf8').trimEnd().split('\n').slice(-8);
    const how = part.pid === undefined ? 'ended' : `was not ready within ${readyWithin / 1000} s`;
    super(`${part.name} ${how}. The end of its log:\n${log.join('\n')}`);
    this.name = 'PartFailed';
    this.isPortTaken = part.pid === undefined && log.some((line) => line.includes('address already in use'));
  }
}
