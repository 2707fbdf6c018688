import { join } from 'node:path';
import { ArtifactError, codeOf } from '../error.js';
import { makeFolder } from '../make-folder.js';
import type { Secrets } from '../secrets.js';
import { ByteReader } from './byte-reader.js';
import { environmentWith } from './environment.js';
import { readMarshalled } from './marshal.js';
import type { Marshalled } from './marshal.js';
import { outputOf } from './program-output.js';

/** How a Perforce server is asked. */
export interface P4Options {
  readonly server: string;
  readonly user?: string;
  readonly charset?: string;
  /** A password, or a ticket. */
  readonly password?: string;
  /** Where fingerprints of servers that were seen before are kept. */
  readonly cache: string;
  readonly secrets: Secrets;
  readonly signal: AbortSignal;
}

/** One answer of `p4 -Mj -ztag`: a JSON object a line. */
export type P4Answer = Readonly<Record<string, string | number | undefined>>;

/** What p4 said that is no answer. */
export class P4Error extends ArtifactError {
  override readonly name = 'P4Error';
}

/** An error is one from this severity on (p4: E_FAILED). */
const FAILED = 3;

/** The p4 client. It has no workspace and no file of tickets: nothing is left behind, on the server or here, even by a kill. */
export class P4 {
  private constructor(
    private readonly options: P4Options,
    private readonly folder: string,
    private readonly environment: Record<string, string>,
  ) {}

  static async open(options: P4Options): Promise<P4> {
    const { server, user, charset, password, cache } = options;
    const folder = join(cache, 'p4-home');
    await makeFolder(folder);
    const p4 = new P4(
      options,
      folder,
      environmentWith({
        HOME: folder, // no P4ENVIRO, P4TICKETS or P4ALIASES of the machine
        P4PORT: server,
        P4CLIENT: 'gamezone-without-a-workspace',
        P4CONFIG: '',
        P4TICKETS: join(folder, 'tickets'),
        P4TRUST: join(cache, 'p4trust'),
        ...(user !== undefined && { P4USER: user }),
        ...(charset !== undefined && { P4CHARSET: charset }),
      }),
    );
    if (/^ssl/.test(server)) await p4.ask(['trust', '-y']);
    if (password !== undefined) await p4.logIn(password);
    return p4;
  }

  /** A ticket is used as it is; a password is given for one, which `-p` prints instead of writing it into a file. */
  private async logIn(password: string): Promise<void> {
    const ticket = TICKET.test(password) ? password : await this.ticketFor(password);
    this.options.secrets.add(ticket);
    this.environment['P4PASSWD'] = ticket;
  }

  private async ticketFor(password: string): Promise<string> {
    const args = ['login', '-p'];
    const pieces: Uint8Array[] = [];
    for await (const piece of this.output(args, `${password}\n`)) pieces.push(piece);
    const ticket = Buffer.concat(pieces).toString('latin1').trim().split(/\s+/).at(-1) ?? '';
    if (!TICKET.test(ticket)) throw this.failure(args, 'the server gave no ticket');
    return ticket;
  }

  /** Runs a command; its answers as they come. A command that finds nothing has none. */
  async *answers(args: readonly string[], input?: string): AsyncGenerator<P4Answer> {
    const reader = new ByteReader(this.output(['-Mj', '-ztag', ...args], input));
    try {
      for (let line = await reader.until(10, 1 << 24); line !== undefined; line = await reader.until(10, 1 << 24)) {
        if (line.length === 0) continue;
        const answer = JSON.parse(line.toString('utf8')) as P4Answer;
        if (answer['severity'] === undefined || answer['depotFile'] !== undefined) yield answer;
        else if (Number(answer['severity']) >= FAILED) throw this.failure(args, String(answer['data'] ?? ''));
        else if (!isNothing(String(answer['data'] ?? ''))) yield answer;
      }
    } finally {
      await reader.close();
    }
  }

  async ask(args: readonly string[]): Promise<P4Answer[]> {
    const answers: P4Answer[] = [];
    for await (const answer of this.answers(args)) answers.push(answer);
    return answers;
  }

  /** The contents of files, in their order: for each what it is, then its pieces. */
  async *contents(files: readonly string[]): AsyncGenerator<Marshalled> {
    const args = ['-x', '-', 'print'];
    const reader = new ByteReader(this.output(['-G', ...args], `${files.join('\n')}\n`));
    try {
      for (let found = await readMarshalled(reader); found; found = await readMarshalled(reader)) {
        if (String(found.get('code') ?? '') === 'error') throw this.failure(args, String(found.get('data') ?? ''));
        yield found;
      }
    } finally {
      await reader.close();
    }
  }

  private async *output(args: readonly string[], input = ''): AsyncGenerator<Uint8Array> {
    const { folder, environment, options } = this;
    const settings = { folder, environment, signal: options.signal, input };
    const failed = yield* outputOf('p4', args, settings);
    if (failed === undefined) return;
    if (codeOf(failed) === 'ENOENT')
      throw new P4Error('the p4 client is not there', {
        hint: 'install it, or run in an image that has it (`spec.defaults.artifacts.image`)',
      });
    const { stderr, exitCode } = failed as { readonly stderr?: Uint8Array; readonly exitCode?: number };
    // With -Mj and -G it tells everything on its output; the exit code 1 alone says that there was a message.
    if (exitCode === 1 && (stderr ?? []).length === 0) return;
    throw this.failure(args, Buffer.from(stderr ?? []).toString('utf8'));
  }

  private failure(args: readonly string[], said: string): P4Error {
    const name = args.find((arg) => /^[a-z]/.test(arg)) ?? '';
    const text = this.options.secrets.mask(said.trim().replaceAll(/\s*\n\s*/g, '; ')) || 'failed without a word';
    const hint = HINTS.find(([pattern]) => pattern.test(said))?.[1];
    return new P4Error(`p4 ${name}: ${text}`, hint === undefined ? {} : { hint });
  }
}

const TICKET = /^[0-9A-F]{32,}$/i;

/** `//depot/x/... - no such file(s).` and the like. */
const isNothing = (data: string): boolean =>
  /no such file|no file\(s\) at that|no revision\(s\)|not in client view/.test(data);

const HINTS: readonly (readonly [RegExp, string])[] = [
  [/Password invalid|P4PASSWD.*invalid|Login invalid/i, 'check `user` and `pwd`'],
  [/session has expired|ticket.*(expired|invalid)|please login/i, 'the ticket has expired: give a fresh one, or a password'],
  [/Connect to server failed|TCP connect|Connection refused/i, 'check `server`, and that this network reaches it'],
  [/IDENTIFICATION HAS CHANGED|fingerprint/i, 'the server has another fingerprint than before: find out why before you believe it'],
  [/Unicode server permits only unicode|P4CHARSET/i, 'set `charset`, such as utf8'],
  [/Unicode clients require a unicode enabled/i, 'remove `charset`: the server is not in Unicode mode'],
  [/don't have permission|protected namespace/i, 'let the user read that path (p4 protect)'],
]; // prettier-ignore
