/** Whether a missing part is a failure. In CI all of them are installed, and a suite that is skipped would go unnoticed. */
export function partsAreRequired(environment: NodeJS.ProcessEnv = process.env): boolean {
  return ['CI', 'GAMEZONE_REQUIRE_PARTS'].some((name) => !['', '0', 'false'].includes(environment[name] ?? ''));
}

/**
 * A suite that needs a real part, such as a program that is not on every machine.
 *
 * @param missing why the suite cannot run, and what would help; undefined when it can. It is then skipped loudly: the name of the
 *   skipped suite says why, and skipped-reporter.js repeats it at the end of the run. Where parts are required it fails instead.
 */
export function describeWithPart(name: string, missing: string | undefined, body: () => void): void {
  if (missing === undefined) {
    describe(name, body);
  } else if (partsAreRequired()) {
    describe(name, () => {
      test('the part that it needs is there', () => {
        throw new Error(missing);
      });
    });
  } else {
    describe.skip(`${name} (SKIPPED: ${missing})`, body);
  }
}
