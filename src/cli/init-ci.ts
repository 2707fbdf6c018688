// The CI files that `gamezone init` writes. Each is a file of the new repository; a test reads it.

/** What a CI job does: it checks that the manifests are those of the zone. */
export interface CiJob {
  /** The zone, as the head of the file names it. */
  readonly zone: string;
  /** Further lines of the head. */
  readonly notes?: readonly string[];
  /** The commands, one after the other. */
  readonly run: readonly string[];
}

const headOf = ({ zone, notes = [] }: CiJob): string =>
  [`The manifests in dist/ are those of ${zone}.`, ...notes].map((line) => `# ${line}\n`).join('');

const listOf = (lines: readonly string[], indent: number): string =>
  lines.map((line) => `${' '.repeat(indent)}- ${line}\n`).join('');

export const gitlabPipeline = (job: CiJob): string => `${headOf(job)}manifests:
  image: node:22
  script:
${listOf(job.run, 4)}`;

export const githubWorkflow = (job: CiJob): string => `${headOf(job)}name: zone
on: [push, pull_request]
permissions:
  contents: read
jobs:
  manifests:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v4
      - uses: actions/setup-node@v4
        with:
          node-version: 22
${listOf(
  job.run.map((command) => `run: ${command}`),
  6,
)}`;
