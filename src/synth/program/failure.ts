import { readFileSync } from 'node:fs';
import type { SourceMap } from 'node:module';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { UserError } from '../user-error.js';

/** What is needed to say where a program went wrong. */
export interface Program {
  /** As the user wrote it: errors begin with it. */
  readonly file: string;
  readonly path: string;
  /** From the module that ran to the files that its author wrote. */
  readonly map?: SourceMap;
}

/** What a program may not do although nothing throws. */
export class ProgramError extends Error {
  constructor(
    message: string,
    readonly hint: string,
  ) {
    super(message);
  }
}

interface Frame {
  readonly caller: string;
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

/**
 * What a program that throws shows: its message, and the frames in its author's own files. The whole stack is the cause,
 * which `--verbose` prints.
 */
export function failureOf(thrown: unknown, program: Program): UserError {
  const frames = ownFrames(thrown, program);
  const [first] = frames;
  const place = first ? `${placeOf(first, program)}: ` : `${program.file}: `;
  const lines = frames.map(
    (frame) => `    at ${frame.caller === '' ? '' : `${frame.caller} `}${placeOf(frame, program)}`,
  );
  const message = [`${place}${messageOf(thrown, program)}`, ...lines].join('\n');
  const right = thrown instanceof ProgramError ? thrown.hint : hintFor(thrown, program);
  return new UserError(message, { cause: thrown, ...(right !== undefined && { hint: right }) });
}

function messageOf(thrown: unknown, program: Program): string {
  if (!(thrown instanceof Error) && !isErrorLike(thrown))
    return `threw ${thrown === undefined ? 'undefined' : JSON.stringify(thrown)}`;
  const { name, message } = thrown;
  const text = relativeTo(program, message);
  return name === 'Error' || text.startsWith(name) ? text : `${name}: ${text}`;
}

/** An error of another realm is none to `instanceof`. */
const isErrorLike = (thrown: unknown): thrown is Error =>
  typeof thrown === 'object' && thrown !== null && 'message' in thrown && 'name' in thrown;

/** Node writes whole paths into its messages; the folder that the command runs in says nothing. */
function relativeTo({ path, file }: Program, text: string): string {
  const folder = `${resolve('.')}${sep}`;
  return text
    .replaceAll(`file://${path}`, file)
    .replaceAll(path, file)
    .replaceAll(`file://${folder}`, '')
    .replaceAll(folder, '');
}

function hintFor(thrown: unknown, { path }: Program): string | undefined {
  const { code, message = '' } = (thrown ?? {}) as { readonly code?: unknown; readonly message?: string };
  if (code !== 'ERR_MODULE_NOT_FOUND' && code !== 'MODULE_NOT_FOUND') return undefined;
  const name = /Cannot find (?:package|module) '([^'./][^']*)'/.exec(message)?.[1];
  if (name === undefined || name.startsWith('file:')) return 'check the path of the import';
  const packages = ['gamezone', 'cdk8s', 'constructs'].includes(name) ? 'gamezone cdk8s constructs' : name;
  const folder = relative('.', dirname(path));
  return `${folder === '' ? '' : `cd ${folder} && `}npm install ${packages}`;
}

const placeOf = ({ file, line, column }: Frame, program: Program): string =>
  `${file === program.path ? program.file : relative('.', file)}:${line}:${column}`;

function ownFrames(thrown: unknown, program: Program): Frame[] {
  const { stack } = (thrown ?? {}) as { readonly stack?: unknown };
  if (typeof stack !== 'string') return [];
  const syntax = syntaxErrorPlace(thrown, stack);
  const lines = stack.split('\n').flatMap((line) => frameOf(line) ?? []);
  return [...(syntax ? [syntax] : []), ...lines]
    .map((frame) => mapped(frame, program))
    .filter(({ file }) => isOwn(file));
}

/** `    at Zones.add (file:///games/zones.js:3:7)`, with or without a caller. */
function frameOf(line: string): Frame | undefined {
  const match = /^\s+at (?:(?:async )?(.*?) \()?((?:file:\/\/|\/|[A-Za-z]:\\).*?):(\d+):(\d+)\)?$/.exec(line);
  if (!match) return undefined;
  const [, caller = '', file, at, column] = match;
  const named = /^(Object\.)?<anonymous>$|^Module\._compile$/.test(caller) ? '' : caller;
  return { caller: named.replace(/^async /, ''), file: pathOf(file!), line: Number(at), column: Number(column) };
}

/** Node puts the place of a syntax error on a line of its own, above everything else. */
function syntaxErrorPlace(thrown: unknown, stack: string): Frame | undefined {
  if (!isErrorLike(thrown) || thrown.name !== 'SyntaxError') return undefined;
  const match = /^((?:file:\/\/|\/|[A-Za-z]:\\)[^\n]*?):(\d+)\n[^\n]*\n( *)\^/.exec(stack);
  return match
    ? { caller: '', file: pathOf(match[1]!), line: Number(match[2]), column: match[3]!.length + 1 }
    : undefined;
}

const pathOf = (file: string): string => (file.startsWith('file://') ? fileURLToPath(file) : file);

function mapped(frame: Frame, { path, map }: Program): Frame {
  if (!map || frame.file !== path) return frame;
  const entry = map.findEntry(frame.line - 1, frame.column - 1);
  if (!('originalSource' in entry)) return frame;
  return { ...frame, file: entry.originalSource, line: entry.originalLine + 1, column: entry.originalColumn + 1 };
}

const isOwn = (file: string): boolean => !file.split(sep).includes('node_modules') && !isInPackage(file);

const isInPackage = (file: string): boolean => ourFolders().some((folder) => file.startsWith(folder));

/**
 * Whether this very command threw: then it is to blame, and not the program. What the library throws is the program's, since
 * somebody else's code called it, the program's or cdk8s'; some files are the command's as well as the library's.
 */
export function isOurs(thrown: unknown): boolean {
  const { stack } = (thrown ?? {}) as { readonly stack?: unknown };
  if (typeof stack !== 'string' || thrown instanceof ProgramError) return false;
  const calls = stack.split('\n').filter((line) => /^\s+at .*(?:\/|\\|node:)/.test(line));
  if (calls[0] === undefined || frameOf(calls[0]) === undefined) return false; // Node's own code threw
  return calls.flatMap((line) => frameOf(line) ?? []).every(({ file }) => isInPackage(file));
}

let folders: readonly string[] | undefined;

/** Where this very package has its code: in its own repository that is no `node_modules`. */
function ourFolders(): readonly string[] {
  folders ??= ['dist', 'src', 'bin', 'constructs'].map((name) => join(packageFolder(), name) + sep);
  return folders;
}

function packageFolder(): string {
  const here = fileURLToPath(new URL('.', import.meta.url));
  for (let folder = here; folder !== dirname(folder); folder = dirname(folder)) {
    try {
      const { name } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as { readonly name?: unknown };
      if (name === 'gamezone') return folder;
    } catch {
      // None here.
    }
  }
  return here;
}
