import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** What a repository holds: a text, a program, or a link. */
export type Content = string | Buffer | { readonly program: string } | { readonly link: string };

const WHO = {
  GIT_AUTHOR_NAME: 'tester',
  GIT_AUTHOR_EMAIL: 'tester@example.com',
  GIT_COMMITTER_NAME: 'tester',
  GIT_COMMITTER_EMAIL: 'tester@example.com',
  GIT_CONFIG_GLOBAL: '/dev/null',
  GIT_CONFIG_NOSYSTEM: '1',
};

/** A git repository in a folder, made with git itself. */
export class Repository {
  constructor(readonly folder: string) {
    mkdirSync(folder, { recursive: true });
    this.git('init', '--quiet', '--initial-branch=main', '.');
  }

  get url(): string {
    return `file://${this.folder}`;
  }

  git(...args: readonly string[]): string {
    return execFileSync('git', args, { cwd: this.folder, encoding: 'utf8', env: { ...process.env, ...WHO }, stdio: ['ignore', 'pipe', 'pipe'] }).trim(); // prettier-ignore
  }

  /** Commits files; one that is undefined goes. The id of the commit. */
  commit(files: Readonly<Record<string, Content | undefined>>): string {
    for (const [name, content] of Object.entries(files)) put(join(this.folder, name), content);
    this.git('add', '--all');
    this.git('commit', '--quiet', '--allow-empty', '--message', 'change');
    return this.git('rev-parse', 'HEAD');
  }

  /** Commits a tree that git itself would not write: `mode type id path` lines for `git mktree`. */
  commitTree(lines: readonly string[]): string {
    const tree = execFileSync('git', ['mktree', '-z', '--missing'], { cwd: this.folder, input: lines.map((line) => `${line}\0`).join('') }).toString().trim(); // prettier-ignore
    const commit = this.git('commit-tree', tree, '-m', 'odd');
    this.git('update-ref', 'refs/heads/main', commit);
    return commit;
  }

  blob(content: string): string {
    return execFileSync('git', ['hash-object', '-w', '--stdin'], { cwd: this.folder, input: content })
      .toString()
      .trim();
  }
}

function put(path: string, content: Content | undefined): void {
  rmSync(path, { force: true, recursive: true });
  if (content === undefined) return;
  mkdirSync(dirname(path), { recursive: true });
  if (typeof content === 'string' || Buffer.isBuffer(content)) writeFileSync(path, content);
  else if ('link' in content) symlinkSync(content.link, path);
  else {
    writeFileSync(path, content.program);
    chmodSync(path, 0o755);
  }
}
