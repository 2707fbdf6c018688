import { ArtifactError } from '../error.js';
import { shownPath } from '../printable.js';
import { GitError } from './git-command.js';
import type { Git } from './git-command.js';

/** A repository within a repository. */
export interface Submodule {
  /** Below the folder that was asked for. */
  readonly path: string;
  readonly commit: string;
  readonly url: string;
}

const DEEPEST = 8;

interface Outer {
  readonly name: string;
  readonly url: string;
  readonly subPath?: string;
  readonly depth: number;
  readonly links: readonly { readonly path: string; readonly commit: string }[];
}

/** Where the submodules of a commit come from, as its `.gitmodules` says. */
export async function readSubmodules(git: Git, commit: string, outer: Outer): Promise<Submodule[]> {
  if (outer.depth >= DEEPEST)
    throw new ArtifactError(`${outer.name}: submodules in submodules, more than ${DEEPEST} deep`, { fault: 'input' });
  const urls = await urlsByPath(git, commit);
  return outer.links.map(({ path, commit: pinned }) => {
    const whole = outer.subPath === undefined ? path : `${outer.subPath}/${path}`;
    const url = urls.get(whole);
    if (url === undefined)
      throw new ArtifactError(`${outer.name}: .gitmodules has no address for the submodule ${shownPath(whole)}`, {
        fault: 'input',
      });
    return { path, commit: pinned, url: absoluteUrl(url, outer, whole) };
  });
}

async function urlsByPath(git: Git, commit: string): Promise<ReadonlyMap<string, string>> {
  let printed: string;
  try {
    printed = await git.run(['config', '--blob', `${commit}:.gitmodules`, '--null', '--list']);
  } catch (error) {
    if (error instanceof GitError) return new Map();
    throw error;
  }
  const sections = new Map<string, { path?: string; url?: string }>();
  for (const setting of printed.split('\0')) {
    const [, name, field, value] = /^submodule\.(.*)\.(path|url)\n(.*)$/s.exec(setting) ?? [];
    if (name !== undefined) sections.set(name, { ...sections.get(name), [field!]: value });
  }
  return new Map(
    [...sections.values()].flatMap(({ path, url }) => (path !== undefined && url !== undefined ? [[path, url]] : [])),
  );
}

/** Addresses may be relative to that of the outer repository. */
function absoluteUrl(url: string, { url: base, name }: Outer, path: string): string {
  const full = /^\.\.?\//.test(url) ? relativeTo(base, url) : url;
  const allowed = /^file:/.test(base)
    ? /^(https?|ssh|git|file):\/\/[^\s-]/
    : /^(https?|ssh|git):\/\/[^\s-]|^[\w.-]+@[\w.-]+:(?!\/\/)[^\s-]/;
  // eslint-disable-next-line no-control-regex -- control characters are what is looked for
  if (!allowed.test(full) || /[\u0000-\u0020\u007f]/.test(full) || /:\/\/[^/]*:[^/]*@/.test(full))
    throw new ArtifactError(`${name}: the submodule ${shownPath(path)} has an address that is not fetched from`, {
      fault: 'input',
      hint: 'give it an https, http, ssh or git address without a credential',
    });
  return full;
}

function relativeTo(base: string, url: string): string {
  let [stem, rest] = [base.replace(/\/+$/, ''), url];
  while (/^\.\.?\//.test(rest)) {
    if (rest.startsWith('../')) {
      stem = stem.replace(/[/:][^/:]*$/, '');
      rest = rest.slice(3);
    } else rest = rest.slice(2);
  }
  return `${stem}/${rest}`;
}
