import { simpleGit } from 'simple-git';
import type { SimpleGitProgressEvent } from 'simple-git';
import { ArtifactError, messageOf } from '../error.js';
import type { Secrets } from '../secrets.js';
import { environmentWith } from './environment.js';
import { outputOf } from './program-output.js';

/** How git is run for one repository: its configuration and environment, from us alone. */
export interface GitSettings {
  /** `key` and value pairs that win over every configuration file. */
  readonly config: readonly (readonly [key: string, value: string])[];
  readonly environment: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
  readonly secrets: Secrets;
  readonly onProgress: (event: SimpleGitProgressEvent) => void;
}

/** Nothing that a repository or its server says may run a program here, ask a person, or open another way than these. */
const ALWAYS: GitSettings['config'] = [
  ['core.hooksPath', '/dev/null'],
  ['core.fsmonitor', 'false'],
  ['core.askPass', ''],
  ['core.quotePath', 'false'],
  ['gc.auto', '0'],
  ['maintenance.auto', 'false'],
  ['fetch.fsckObjects', 'false'],
  ['fetch.recurseSubmodules', 'false'],
  ['submodule.recurse', 'false'],
  ['http.followRedirects', 'initial'],
  ['protocol.version', '2'],
  ['advice.detachedHead', 'false'],
  ['lfs.concurrenttransfers', '4'],
];

/** What simple-git asks to be told: that these are meant. The values are ours, none is from a zone file. */
const MEANT = {
  allowUnsafeAskPass: true,
  allowUnsafeConfigEnvCount: true,
  allowUnsafeCredentialHelper: true,
  allowUnsafeFsMonitor: true,
  allowUnsafeHooksPath: true,
  allowUnsafeSshCommand: true,
  allowUnsafeProtocolOverride: true,
};

/** git in one folder. */
export class Git {
  private readonly environment: Record<string, string>;
  private input: Buffer | undefined;

  constructor(
    private readonly folder: string,
    private readonly settings: GitSettings,
  ) {
    const config = [...ALWAYS, ...settings.config];
    this.environment = environmentWith({
      GIT_TERMINAL_PROMPT: '0',
      GIT_LITERAL_PATHSPECS: '1',
      GIT_CONFIG_NOSYSTEM: '1',
      GIT_ALLOW_PROTOCOL: 'https:http:ssh:git:file',
      GIT_CONFIG_COUNT: String(config.length),
      ...Object.fromEntries(
        config.flatMap(([key, value], index) => [
          [`GIT_CONFIG_KEY_${index}`, key],
          [`GIT_CONFIG_VALUE_${index}`, value],
        ]),
      ),
      ...settings.environment,
    });
  }

  /** Runs a command to its end; what it printed. */
  async run(args: readonly string[], input?: Buffer): Promise<string> {
    const git = simpleGit({
      baseDir: this.folder,
      maxConcurrentProcesses: 1,
      abort: this.settings.signal,
      progress: this.settings.onProgress,
      allowEnvironment: Object.keys(this.environment),
      unsafe: MEANT,
      input: () => this.input,
    }).env(this.environment);
    this.input = input;
    try {
      return await git.raw([...args]);
    } catch (error) {
      this.settings.signal.throwIfAborted();
      throw this.failure(args, error);
    }
  }

  /** Runs a command whose output is too much for memory, or no text. */
  async *output(args: readonly string[], input = ''): AsyncGenerator<Uint8Array> {
    const { folder, environment } = this;
    const failed = yield* outputOf('git', args, { folder, environment, signal: this.settings.signal, input });
    if (failed !== undefined) throw this.failure(args, failed);
  }

  private failure(args: readonly string[], error: unknown): GitError {
    const { code, stderr } = error as { readonly code?: unknown; readonly stderr?: unknown };
    if (code === 'ENOENT')
      return new GitError('git is not there', {
        hint: 'install git, or run in the image of `gamezone artifacts sync`',
      });
    const told =
      Buffer.isBuffer(stderr) || stderr instanceof Uint8Array ? Buffer.from(stderr).toString() : messageOf(error);
    return new GitError(`git ${args[0] ?? ''}: ${this.settings.secrets.mask(lastLines(told))}`);
  }
}

/** git said no. The message is what it said, without its progress and without credentials. */
export class GitError extends ArtifactError {
  override readonly name = 'GitError';
}

/** What git counts aloud, and what it says after every failure of ssh. */
const NOISE =
  /^(remote: )?(Counting|Compressing|Enumerating|Receiving|Resolving|Total)\b|^(fatal: Could not read from remote repository|Please make sure you have the correct access|and the repository exists)/;

function lastLines(text: string): string {
  const lines = text
    .split(/[\r\n]+/)
    .map((line) => line.trim())
    .filter((line) => line !== '' && !NOISE.test(line));
  return lines.slice(-4).join('; ') || 'failed without a word';
}
