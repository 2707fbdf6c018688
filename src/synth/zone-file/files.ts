import { isUtf8 } from 'node:buffer';
import { promises } from 'node:fs';
import { join } from 'node:path';
import { reportProblems } from '../problem-report.js';
import type { LocatedProblem } from '../problem-report.js';
import { UserError } from '../user-error.js';
import { Lines } from './lines.js';
import type { ZoneFile } from './read.js';

/**
 * The texts of zone files, in their order.
 *
 * @throws UserError with every file that is none
 */
export async function readTexts(names: readonly string[]): Promise<ZoneFile[]> {
  const texts: ZoneFile[] = [];
  const problems: LocatedProblem[] = [];
  for (const file of new Set(names)) {
    const read = await readText(file);
    if (typeof read === 'string') texts.push({ name: file, text: read });
    else problems.push({ file, position: START, path: [], ...read });
  }
  if (problems.length > 0) throw new UserError(reportProblems(problems));
  return texts;
}

const START = { line: 1, column: 1 };

type Refusal = Pick<LocatedProblem, 'message' | 'hint'> & Partial<Pick<LocatedProblem, 'position'>>;

async function readText(file: string): Promise<string | Refusal> {
  let bytes: Buffer;
  try {
    bytes = await promises.readFile(file);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') return { message: 'no such file', hint: 'give the path of a zone file' };
    if (code === 'EISDIR')
      return { message: 'this is a folder', hint: `give a file, such as ${join(file, 'zone.yaml')}` };
    return { message: `cannot be read (${code ?? String(error)})`, hint: 'check the path and its permissions' };
  }
  return isUtf8(bytes) ? bytes.toString('utf8') : notUtf8(bytes);
}

/** Read as UTF-8 all the same, names would silently turn into others. */
function notUtf8(bytes: Buffer): Refusal {
  const message = 'the file is not UTF-8 text';
  const hint = 'save it as UTF-8 in your editor';
  const wide =
    bytes.length > 1 && ((bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff));
  if (wide) return { message: `${message}, but UTF-16`, hint };
  // What cannot be decoded becomes U+FFFD, of which a text of its own has three bytes.
  const text = bytes.toString('utf8');
  const position = new Lines(text).position(firstReplaced(bytes, text));
  return { message, hint: `${hint}; the first wrong byte stands here`, position };
}

function firstReplaced(bytes: Buffer, text: string): number {
  for (let at = text.indexOf('\uFFFD'); at >= 0; at = text.indexOf('\uFFFD', at + 1)) {
    const before = Buffer.byteLength(text.slice(0, at));
    if (bytes.compare(REPLACEMENT, 0, 3, before, before + 3) !== 0) return at;
  }
  return 0;
}

const REPLACEMENT = Buffer.from('\uFFFD');
