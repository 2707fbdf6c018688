import { existsSync } from 'node:fs';
import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import zoneSchema from '../api/generated/zone-file.schema.json' with { type: 'json' };
import { UserError } from '../synth/user-error.js';
import { EXIT } from './exit-codes.js';
import type { ExitCode } from './exit-codes.js';
import { githubWorkflow, gitlabPipeline } from './init-ci.js';
import type { CiJob } from './init-ci.js';
import { argoApplication, ciJob, gitignore, readme, SCHEMA_FILE, zoneFile } from './init-templates.js';
import {
  packageJson,
  programCiJob,
  programGitignore,
  programReadme,
  tsconfig,
  zoneProgram,
} from './init-typescript.js';
import { VERSION } from './version.js';

export interface InitOptions {
  readonly yaml?: boolean;
  readonly ci: 'gitlab' | 'github' | 'none';
  readonly name: string;
}

/**
 * Writes a game repository that synthesizes at once. Files that are there already are never touched: then nothing is
 * written at all.
 */
export async function init(folder: string, { yaml, ci, name }: InitOptions): Promise<ExitCode> {
  if (!/^[a-z]([-a-z0-9]{0,28}[a-z0-9])?$/.test(name)) {
    throw new UserError(`--name ${name}: not a name for a zone`, {
      hint: 'use at most 30 lower-case letters, digits and hyphens, beginning with a letter, such as zone1',
    });
  }
  const files = yaml ? zoneFileRepository(name, ci) : programRepository(name, ci);
  await writeNew(folder, files);
  for (const file of Object.keys(files)) process.stderr.write(`wrote ${join(folder, file)}\n`);
  const next = yaml ? 'gamezone synth' : 'npm install && npm run synth';
  process.stderr.write(`next: ${folder === '.' ? '' : `cd ${folder} && `}${next}\n`);
  return EXIT.done;
}

type Files = Readonly<Record<string, string>>;

const zoneFileRepository = (name: string, ci: InitOptions['ci']): Files => ({
  'zone.yaml': zoneFile(name),
  [SCHEMA_FILE]: `${JSON.stringify(zoneSchema, undefined, 2)}\n`,
  '.gitignore': gitignore,
  'README.md': readme(name),
  'gitops/application.yaml': argoApplication(name),
  ...ciFile(ci, ciJob(VERSION)),
});

const programRepository = (name: string, ci: InitOptions['ci']): Files => ({
  'zone.ts': zoneProgram(name),
  'package.json': packageJson(name, VERSION),
  'tsconfig.json': tsconfig,
  '.gitignore': programGitignore + gitignore,
  'README.md': programReadme(name),
  'gitops/application.yaml': argoApplication(name),
  ...ciFile(ci, programCiJob),
});

const ciFile = (ci: InitOptions['ci'], job: CiJob): Files => ({
  ...(ci === 'gitlab' && { '.gitlab-ci.yml': gitlabPipeline(job) }),
  ...(ci === 'github' && { '.github/workflows/zone.yaml': githubWorkflow(job) }),
});

async function writeNew(folder: string, files: Readonly<Record<string, string>>): Promise<void> {
  const existing = Object.keys(files).filter((file) => existsSync(join(folder, file)));
  if (existing.length > 0) {
    throw new UserError(`${folder}: already there: ${existing.join(', ')}`, {
      hint: 'choose an empty folder, or move these files away; nothing was written',
    });
  }
  const temporary = (file: string): string => join(folder, `${file}.${process.pid}.tmp`);
  const made: string[] = [];
  try {
    for (const [file, text] of Object.entries(files)) {
      const first = await mkdir(dirname(join(folder, file)), { recursive: true });
      if (first !== undefined) made.push(first);
      await writeFile(temporary(file), text, { flag: 'wx' });
    }
  } catch (error) {
    for (const file of Object.keys(files)) await rm(temporary(file), { force: true }).catch(() => undefined);
    for (const path of made) await rm(path, { recursive: true, force: true });
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOTDIR' || code === 'EEXIST')
      throw new UserError(`${folder}: cannot be made a folder, a file is in the way`, {
        hint: 'choose another folder',
      });
    throw error;
  }
  for (const file of Object.keys(files)) await rename(temporary(file), join(folder, file));
}
