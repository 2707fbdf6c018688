import { extname } from 'node:path';
import { UserError } from '../user-error.js';
import { evaluateFile, evaluateSource } from './evaluate.js';
import { failureOf, isOurs, ProgramError } from './failure.js';
import type { Program } from './failure.js';

/** What a program has done so far. */
export interface Running {
  readonly program: Program;
  /** Its default export, promises resolved. */
  readonly exported: unknown;
  /** Settles when nothing keeps the program going any more: where `node zone.js` would end. */
  readonly ended: () => Promise<void>;
}

/**
 * Runs a program and hands over what it exports and built.
 *
 * @param use what is done with it while what it throws later on is still its own failure
 * @throws UserError when the program throws, ends the process or never comes to an end
 */
export async function runProgram<T>(file: string, path: string, use: (running: Running) => Promise<T>): Promise<T> {
  let program: Program = { file, path };
  const guard = new Guard(path);
  try {
    const run = async (): Promise<T> => {
      const evaluated = await evaluate(path, (map) => (program = { file, path, map }));
      const exported = await defaultOf(evaluated);
      const used = await use({ program, exported, ended: () => guard.drained() });
      guard.refuseExitCode();
      return used;
    };
    return await guard.watch(run());
  } catch (error) {
    if (error instanceof UserError || isOurs(error)) throw error;
    if (error instanceof SyntaxError && !program.map) await refuseSyntax(path);
    throw failureOf(error, program);
  } finally {
    guard.stop();
  }
}

async function evaluate(path: string, setMap: (map: NonNullable<Program['map']>) => void): Promise<unknown> {
  if (!/^\.[cm]?ts$/.test(extname(path))) return evaluateFile(path);
  const { transpile } = await import('./transpile.js');
  const transpiled = await transpile(path);
  setMap(transpiled.map);
  return evaluateSource(path, transpiled);
}

/**
 * Node keeps the place of a syntax error in JavaScript to itself.
 *
 * @throws UserError where the file, or one that it imports, cannot be read
 */
async function refuseSyntax(path: string): Promise<void> {
  const { transpile } = await import('./transpile.js');
  await transpile(path);
}

/** CommonJS that was an ES module has its default export one level further down. */
function defaultOf(evaluated: unknown): unknown {
  const { default: exported } = evaluated as { readonly default?: unknown };
  const inner = exported as { readonly __esModule?: unknown; readonly default?: unknown } | null | undefined;
  return inner?.__esModule === true ? inner.default : exported;
}

const EXIT_HINT =
  'leave it out: the command ends the process when the manifests are written; throw an Error to stop it';

const ENDLESS_HINT = 'settle every promise that the program waits for';

/** While a program runs, the process is its own: as `node zone.js` would be, but for the end of it. */
class Guard {
  // What is put back must be the very functions that were there, not bound copies of them.
  // eslint-disable-next-line @typescript-eslint/unbound-method -- see above
  private readonly exit = process.exit;
  private readonly argv = process.argv;
  // eslint-disable-next-line @typescript-eslint/unbound-method -- see above
  private readonly write = process.stdout.write;
  private readonly stackTraceLimit = Error.stackTraceLimit;
  private readonly exitCode = process.exitCode;
  private failed: ((error: unknown) => void)[] = [];
  private waiting: (() => void)[] = [];

  constructor(path: string) {
    Error.stackTraceLimit = 100;
    process.argv = [process.execPath, path];
    // The output of the command is manifests.
    process.stdout.write = process.stderr.write.bind(process.stderr);
    process.exit = (code?: number) => {
      const ended = new ProgramError(`the program calls process.exit(${code ?? ''})`, EXIT_HINT);
      this.fail(ended); // even where the program catches it
      throw ended;
    };
    process.on('uncaughtException', this.fail).on('unhandledRejection', this.fail).on('beforeExit', this.drain);
  }

  /** The result of `running`, or whatever goes wrong beside it. */
  watch<T>(running: Promise<T>): Promise<T> {
    return Promise.race([running, new Promise<never>((_, reject) => this.failed.push(reject))]);
  }

  drained(): Promise<void> {
    return new Promise((resolve) => this.waiting.push(resolve));
  }

  /** A program that says that it failed has failed. */
  refuseExitCode(): void {
    const { exitCode } = process;
    if (exitCode !== undefined && exitCode !== 0 && exitCode !== this.exitCode)
      throw new ProgramError(`the program sets process.exitCode to ${exitCode}`, 'throw an Error to stop the command');
  }

  stop(): void {
    process.exit = this.exit;
    process.argv = this.argv;
    process.stdout.write = this.write;
    process.exitCode = this.exitCode;
    Error.stackTraceLimit = this.stackTraceLimit;
    process.off('uncaughtException', this.fail).off('unhandledRejection', this.fail).off('beforeExit', this.drain);
  }

  private readonly fail = (error: unknown): void => {
    for (const reject of this.failed) reject(error);
  };

  private readonly drain = (): void => {
    const waiting = this.waiting.splice(0);
    if (waiting.length === 0)
      this.fail(new ProgramError('the program waits for something that never happens', ENDLESS_HINT));
    for (const resolve of waiting) resolve();
  };
}
