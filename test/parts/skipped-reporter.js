/** Repeats at the end of a run which suites were skipped, and why: a skip must not drown in what has passed. */
export default class SkippedReporter {
  onRunComplete(_contexts, { testResults }) {
    const tests = testResults.flatMap((file) => file.testResults);
    const skipped = tests.filter(({ status }) => status === 'pending');
    const names = new Set(skipped.map(({ ancestorTitles, title }) => ancestorTitles[0] ?? title));
    for (const name of names) process.stderr.write(`SKIPPED ${name.replace(/ \(SKIPPED: (.*)\)$/, ': $1')}\n`);
  }
}
