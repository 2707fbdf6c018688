/** To a person, beside what a command prints. */
export function say(text: string): void {
  process.stderr.write(`${text}\n`);
}
